/// Pooled floats for the length of a closure; their contents start undefined.
func withScratch<R>(_ count: Int, _ body: (UnsafeMutablePointer<Float>) -> R) -> R {
  let buffer = BufferPool.shared.take(count)
  defer { BufferPool.shared.give(buffer) }
  // The pool rounds every request up to a non-empty buffer.
  return body(buffer.baseAddress.unsafelyUnwrapped)
}
