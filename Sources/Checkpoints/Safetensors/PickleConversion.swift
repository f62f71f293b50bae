/// How a user makes a safetensors file of a pickle: torch reads it without running the code in it, and fails where
/// it cannot.
enum PickleConversion {
  static func advice(_ path: String) -> String {
    path.hasSuffix(".json")
      ? "load the model in Python once and save it again with save_pretrained(…, safe_serialization=True)"
      : "make a safetensors file of it, with the tensors only: \(command(path))"
  }

  private static func command(_ path: String) -> String {
    let target = target(path)
    return "python3 -c \"\(script)\" '\(path)' '\(target)'"
  }

  /// Where diffusers and transformers look for the same weights.
  private static func target(_ path: String) -> String {
    var folders = path.split(separator: "/", omittingEmptySubsequences: false)
    let name = folders.removeLast()
    let stem = name.lastIndex(of: ".").map { name[..<$0] } ?? name
    let renamed = stem.hasPrefix("pytorch_model") ? stem.dropFirst("pytorch_".count) : stem
    return (folders + [renamed + ".safetensors"]).joined(separator: "/")
  }

  private static let script =
    "import sys, torch; from safetensors.torch import save_file; "
    + "d = torch.load(sys.argv[1], map_location='cpu', weights_only=True); d = d.get('state_dict', d); "
    + "save_file({k: v.clone().contiguous() for k, v in d.items() if torch.is_tensor(v)}, sys.argv[2], "
    + "{'format': 'pt'})"
}
