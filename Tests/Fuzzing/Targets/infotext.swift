import Pictures

/// The text `parameters` of a picture, and what its chunk of JSON says: read, and read again as it is written.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let text = String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
  let parsed = Infotext(parsing: text)
  _ = (parsed.steps, parsed.guidanceScale, parsed.seed, parsed.scheduler, parsed.size, parsed.merging)
  _ = Infotext(parsing: parsed.text)
  _ = try? PictureMetadata(textChunks: [("parameters", text), ("tome-eval", text)])
  return 0
}
