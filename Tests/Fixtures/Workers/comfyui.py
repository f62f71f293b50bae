"""Stands for ComfyUI: its API as `server.py` and `execution.py` have it, with pictures of stripes whose pixels depend on
prompt, seed and ratio. It keeps what it made last, as ComfyUI does, and makes none of it again. Misbehaves as its first
argument says, on every picture or on those whose prompt holds "bad". Needs nothing but Python.

    python3 comfyui.py [MODE [LOG [PORT]]]
"""

import json
import time
import urllib.parse
import uuid

from service import Dropped, Handler, serve
from stripes import png, shade

SAMPLERS = ["euler", "euler_ancestral", "dpmpp_2m", "ddim"]
KINDS = [
    "CheckpointLoaderSimple", "CLIPTextEncode", "EmptyLatentImage", "KSampler", "VAEDecode", "SaveImage", "TomePatchModel"]
STATS = {
    "system": {
        "os": "posix", "ram_total": 1 << 36, "ram_free": 1 << 35, "comfyui_version": "0.3.40", "python_version": "3.12.3",
        "pytorch_version": "2.7.0+cu128", "embedded_python": False, "argv": ["main.py"]},
    "devices": [{
        "name": "cuda:0 NVIDIA GeForce RTX 4090 : cudaMallocAsync", "type": "cuda", "index": 0, "vram_total": 1 << 34,
        "vram_free": 1 << 33, "torch_vram_total": 1 << 33, "torch_vram_free": 1 << 32}]}


class ComfyUI(Handler):
    history = {}
    files = {}
    # What each node made last, by all that led to it.
    kept = {}

    def answer(self, method, path, query, body):
        if path == "/system_stats":
            return 200, STATS, {}
        if path.startswith("/object_info/"):
            kind = path.rsplit("/", 1)[1]
            known = kind in KINDS and not (self.mode == "missing" and kind == "TomePatchModel")
            return 200, {kind: {"name": kind, "output": ["MODEL"]}} if known else {}, {}
        if path == "/prompt" and method == "POST":
            return self.queue(body["prompt"])
        if path.startswith("/history/"):
            name = path.rsplit("/", 1)[1]
            return 200, {name: self.history[name]} if name in self.history else {}, {}
        if path == "/view":
            name = urllib.parse.parse_qs(query)["filename"][0]
            return (200, self.files[name], {"Content-Type": "image/png"}) if name in self.files else (404, b"", {})
        if path in ("/interrupt", "/queue"):
            return 200, b"", {}
        return 404, b"404: Not Found", {}

    def queue(self, nodes):
        wrong = self.wrong_nodes(nodes)
        if wrong:
            error = {"type": "prompt_outputs_failed_validation", "message": "Prompt outputs failed validation", "details": "",
                     "extra_info": {}}
            return 400, {"error": error, "node_errors": wrong}, {}
        name = str(uuid.uuid4())
        with self.lock:
            self.execute(name, nodes)
        return 200, {"prompt_id": name, "number": 0, "node_errors": {}}, {}

    def wrong_nodes(self, nodes):
        wrong = {}
        for name, node in nodes.items():
            if node["class_type"] not in KINDS:
                wrong[name] = ("Node type not found", node["class_type"])
            elif node["class_type"] == "KSampler":
                chosen = node["inputs"].get("sampler_name")
                if chosen not in SAMPLERS or (self.mode == "refuses" and "bad" in self.prompt(nodes)):
                    wrong[name] = ("Value not in list", f"sampler_name: '{chosen}' not in {SAMPLERS}")
        return {
            name: {
                "errors": [{"type": "value_not_in_list", "message": message, "details": details, "extra_info": {}}],
                "dependent_outputs": ["9"], "class_type": nodes[name]["class_type"]}
            for name, (message, details) in wrong.items()}

    @staticmethod
    def find(nodes, kind):
        return next(name for name, node in nodes.items() if node["class_type"] == kind)

    def prompt(self, nodes):
        return nodes[nodes[self.find(nodes, "KSampler")]["inputs"]["positive"][0]]["inputs"]["text"]

    @staticmethod
    def ratio(nodes, sampler):
        """Of the node that the sampler's model comes through."""
        name, ratio = nodes[sampler]["inputs"]["model"][0], 0
        while "model" in nodes[name]["inputs"]:
            if nodes[name]["class_type"] == "TomePatchModel":
                ratio = nodes[name]["inputs"]["ratio"]
            name = nodes[name]["inputs"]["model"][0]
        return ratio

    def signature(self, nodes, name):
        inputs = {
            key: self.signature(nodes, value[0]) if isinstance(value, list) else value
            for key, value in nodes[name]["inputs"].items()}
        return json.dumps([nodes[name]["class_type"], inputs], sort_keys=True)

    def execute(self, name, nodes):
        sampler = self.find(nodes, "KSampler")
        inputs, prompt, ratio = nodes[sampler]["inputs"], self.prompt(nodes), self.ratio(nodes, sampler)
        bad = "bad" in prompt
        signatures = {node: self.signature(nodes, node) for node in nodes}
        cached = [node for node in nodes if self.kept.get(node) == signatures[node]]
        if self.mode == "cached" and sampler not in cached:
            cached.append(sampler)
        begin = int(time.time() * 1000)
        end = begin + (5 if sampler in cached else int(1000 * (2 - ratio)))
        messages = [["execution_start", {"prompt_id": name}], ["execution_cached", {"nodes": cached, "prompt_id": name}]]
        if self.mode == "hangs" and bad:
            return
        if self.mode == "fails" and bad:
            messages.append(["execution_error", {
                "prompt_id": name, "node_id": sampler, "node_type": "KSampler", "executed": [],
                "exception_message": "CUDA out of memory", "exception_type": "torch.OutOfMemoryError", "traceback": []}])
            ComfyUI.history[name] = self.entry(name, nodes, {}, "error", messages, begin, end)
            return
        ComfyUI.kept = signatures
        messages.append(["execution_success", {"prompt_id": name}])
        latents = nodes[inputs["latent_image"][0]]["inputs"]
        file = f"tome+eval_{len(self.files)}_.png"
        drawn = 0 if self.mode == "deaf" else ratio
        ComfyUI.files[file] = png(
            latents["width"], latents["height"], shade(prompt, inputs["seed"], drawn), [("prompt", json.dumps(nodes))])
        saved = {self.find(nodes, "SaveImage"): {"images": [{"filename": file, "subfolder": "", "type": "output"}]}}
        ComfyUI.history[name] = self.entry(name, nodes, saved, "success", messages, begin, end)
        if self.mode == "drops" and bad:
            raise Dropped

    def entry(self, name, nodes, outputs, status, messages, begin, end):
        if self.mode != "untimed":
            for event, data in messages:
                data["timestamp"] = end if event == "execution_success" else begin
        return {
            "prompt": [0, name, nodes, {}, ["9"]], "outputs": outputs, "meta": {},
            "status": {"status_str": status, "completed": status == "success", "messages": messages}}


serve(ComfyUI)
