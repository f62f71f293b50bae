import CKernels

extension StoredTensor {
  /// The nearest numbers of a half-precision format, ties to even.
  /// - Parameter format: nil for the numbers themselves, in fp32
  package init(_ tensor: Tensor, narrowedTo format: HalfPrecision?) {
    guard let format, tensor.count > 0 else {
      self.init(tensor)
      return
    }
    // Two in the place of one.
    let memory = TensorStorage(count: (tensor.count + 1) / 2)
    let bytes = UnsafeMutableRawBufferPointer(memory.elements)
    let halves = bytes.assumingMemoryBound(to: UInt16.self)
    tensor.withUnsafeBuffer { source in
      guard let source = source.baseAddress, let halves = halves.baseAddress else { return }
      Parallel.forEachChunk(of: tensor.count, size: 1 << 18) { part in
        let (from, to) = (source + part.lowerBound, halves + part.lowerBound)
        switch format {
        case .float16: ck_narrow_f16(from, to, part.count)
        case .bfloat16: ck_narrow_bf16(from, 1, part.count, part.count, to, part.count)
        }
      }
    }
    self.init(
      borrowing: UnsafeRawBufferPointer(rebasing: bytes[..<(2 * tensor.count)]), as: format,
      shape: tensor.shape, owner: memory)
  }
}
