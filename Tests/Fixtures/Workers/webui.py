"""Stands for AUTOMATIC1111's web UI: its API as `modules/api` documents it. Needs nothing but Python.

    python3 webui.py [MODE [LOG [PORT]]]
"""

from sdapi import CHECKPOINT, SDAPI
from service import serve

SCHEDULES = ["Automatic", "Uniform", "Karras", "Exponential", "Beta"]


class WebUI(SDAPI):
    def options(self):
        return {
            "samples_format": "jpg" if self.mode == "jpeg" else "png", "sd_model_checkpoint": CHECKPOINT["title"],
            "sd_checkpoint_hash": CHECKPOINT["sha256"], "sd_vae": "Automatic", "CLIP_stop_at_last_layers": 1,
            "randn_source": "GPU", "eta_noise_seed_delta": 0, "token_merging_ratio": 0.5 if self.mode == "merging" else 0,
            "token_merging_ratio_hr": 0, "add_version_to_infotext": True}

    def samplers(self):
        names = ["DPM++ 2M", "Euler a", "Euler", "LMS", "DDIM"]
        if self.mode == "old":
            names += ["DPM++ 2M Karras", "LMS Karras"]
        return [{"name": name, "aliases": [], "options": {}} for name in names]

    def lists(self):
        lists = {
            "/sdapi/v1/options": self.options, "/sdapi/v1/samplers": self.samplers,
            "/sdapi/v1/sd-models": lambda: [CHECKPOINT], "/sdapi/v1/interrupt": dict}
        if self.mode != "old":
            lists["/sdapi/v1/schedulers"] = lambda: [
                {"name": name.lower(), "label": name, "aliases": None} for name in SCHEDULES]
            lists["/internal/sysinfo"] = lambda: {
                "Version": "v1.10.1", "Commit": "82a973c04367123ae98bd9abdf80d9eda9b910e2",
                "Torch env info": {"torch_version": "2.1.2+cu121", "nvidia_gpu_models": "GPU 0: NVIDIA GeForce RTX 4090"}}
        return lists

    def made(self, body):
        overrides = body.get("override_settings") or {}
        # As there: a ratio of 0 falls back to the option itself.
        ratio = overrides.get("token_merging_ratio") or self.options()["token_merging_ratio"]
        return ratio, self.infotext(body, ratio)

    def own_info(self, body):
        return {
            "restore_faces": False, "face_restoration_model": None, "sd_model_name": CHECKPOINT["model_name"],
            "sd_vae_name": None, "sd_vae_hash": None, "is_using_inpainting_conditioning": False, "version": "v1.10.1"}

    def infotext(self, body, ratio):
        lies = self.lies(body)
        fields = [("Steps", body["steps"] - lies), ("Sampler", body["sampler_name"])]
        if body.get("scheduler"):
            fields.append(("Schedule type", body["scheduler"]))
        fields += [
            ("CFG scale", body["cfg_scale"]), ("Seed", body["seed"]), ("Size", f"{body['width']}x{body['height']}"),
            ("Model hash", CHECKPOINT["hash"]), ("Model", CHECKPOINT["model_name"])]
        if ratio and not lies:
            fields.append(("Token merging ratio", ratio))
        fields.append(("Version", "v1.10.1"))
        negative = f"\nNegative prompt: {body['negative_prompt']}" if body.get("negative_prompt") else ""
        return body["prompt"] + negative + "\n" + ", ".join(f"{name}: {value}" for name, value in fields)


if __name__ == "__main__":
    serve(WebUI)
