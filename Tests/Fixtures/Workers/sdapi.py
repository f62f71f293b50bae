"""What servers have in common that stand for services with the API `/sdapi/v1`: they answer in its format, with pictures of
stripes whose pixels depend on prompt, seed and ratio, and misbehave as their first argument says, on every picture or on
those whose prompt holds "bad"."""

import base64
import json
import time

from service import Dropped, Handler
from stripes import png, shade

CHECKPOINT = {
    "title": "v1-5-pruned-emaonly.safetensors [6ce0161689]", "model_name": "v1-5-pruned-emaonly", "hash": "6ce0161689",
    "sha256": "6ce0161689b3853acaa03779ec93eafe75a02f4ced659bee03f50797806fa2fa",
    "filename": "/models/v1-5-pruned-emaonly.safetensors", "config": None}
NUMBERS = {"seed": int, "steps": int, "width": int, "height": int, "cfg_scale": (int, float)}


class SDAPI(Handler):
    tries = {}

    def lists(self):
        """What is answered to which path, but for pictures: functions without arguments."""
        raise NotImplementedError

    def samplers(self):
        raise NotImplementedError

    def made(self, body):
        """The ratio that a picture is made with, and its infotext."""
        raise NotImplementedError

    def own_info(self, body):
        """What `Processed.js` of `modules/processing.py` tells beside what all of them do."""
        raise NotImplementedError

    def answer(self, method, path, query, body):
        clock = {} if self.mode == "clockless" else {"X-Process-Time": "0.01"}
        if self.mode != "noapi":
            if path == "/sdapi/v1/txt2img":
                return self.text_to_image(body, clock)
            if path in self.lists():
                return 200, self.lists()[path](), clock
        return 404, {"detail": "Not Found"}, {}

    def text_to_image(self, body, clock):
        for name, kind in NUMBERS.items():
            if not isinstance(body.get(name), kind):
                return self.wrong_field(name)
        if body["sampler_name"] not in [sampler["name"] for sampler in self.samplers()]:
            return 404, {"error": "HTTPException", "detail": "Sampler not found", "body": "", "errors": ""}, {}
        if "bad" in body["prompt"]:
            self.misbehave(body)
            if self.mode == "refuses":
                return self.wrong_field("steps")
            if self.mode == "fails":
                return 500, {"error": "OutOfMemoryError", "detail": "", "body": "", "errors": "CUDA out of memory."}, {}
            if self.mode == "page":
                return 200, b"<html>Loading...</html>", clock
        return self.pictures(body, clock)

    def misbehave(self, body):
        key = json.dumps(body, sort_keys=True)
        SDAPI.tries[key] = SDAPI.tries.get(key, 0) + 1
        if self.mode == "drops" or (self.mode == "hiccups" and SDAPI.tries[key] == 1):
            raise Dropped
        if self.mode == "hangs":
            time.sleep(60)

    @staticmethod
    def wrong_field(name):
        return 422, {
            "detail": [{"loc": ["body", name], "msg": "value is not a valid integer", "type": "type_error.integer"}]}, {}

    def lies(self, body):
        """Whether the infotext is to tell one step less, and no ratio."""
        return self.mode == "contradicts" and "bad" in body["prompt"]

    def pictures(self, body, clock):
        ratio, text = self.made(body)
        drawn = 0 if self.mode == "deaf" else ratio
        picture = png(body["width"], body["height"], shade(body["prompt"], body["seed"], drawn), [("parameters", text)])
        if clock:
            clock = {"X-Process-Time": str(2.0 - ratio)}
        return 200, {
            "images": [base64.b64encode(picture).decode()], "parameters": body, "info": json.dumps(self.info(body, text))}, clock

    def info(self, body, text):
        prompt, negative, seed = body["prompt"], body.get("negative_prompt", ""), body["seed"]
        return {
            "prompt": prompt, "all_prompts": [prompt], "negative_prompt": negative, "all_negative_prompts": [negative],
            "seed": seed, "all_seeds": [seed], "subseed": 1, "all_subseeds": [1], "subseed_strength": 0,
            "width": body["width"], "height": body["height"], "sampler_name": body["sampler_name"],
            "cfg_scale": body["cfg_scale"], "steps": body["steps"], "batch_size": 1, "sd_model_hash": CHECKPOINT["hash"],
            "seed_resize_from_w": -1, "seed_resize_from_h": -1, "denoising_strength": None, "extra_generation_params": {},
            "index_of_first_image": 0, "infotexts": [text], "styles": [], "job_timestamp": "20260101000000", "clip_skip": 1,
            **self.own_info(body)}
