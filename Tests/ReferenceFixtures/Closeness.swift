public import Tensors
public import Testing

/// ‖ours − reference‖₂ / ‖reference‖₂, summed in double precision.
public func relativeDifference(_ ours: Tensor, _ reference: Tensor) -> Double {
  precondition(ours.shape == reference.shape, "\(ours.shape) compared with \(reference.shape)")
  var difference = 0.0
  var norm = 0.0
  ours.withUnsafeBuffer { a in
    reference.withUnsafeBuffer { b in
      for i in a.indices {
        let delta = Double(a[i]) - Double(b[i])
        difference += delta * delta
        norm += Double(b[i]) * Double(b[i])
      }
    }
  }
  return difference == 0 ? 0 : (difference / norm).squareRoot()
}

/// Expects equal shapes and ``relativeDifference(_:_:)`` of at most `relative`; a failure is reported at the
/// caller's line.
public func expectClose(
  _ ours: Tensor, _ reference: Tensor, relative: Double = 1e-5, _ comment: Comment? = nil,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let context =
    [comment.map { "\($0)" }, "\(ProductBackend.current.name)"].compactMap(\.self)
    .joined(separator: ", ") + ": "
  guard ours.shape == reference.shape else {
    Issue.record(
      "\(context)shape \(ours.shape), the reference's is \(reference.shape)", sourceLocation: sourceLocation)
    return
  }
  let difference = relativeDifference(ours, reference)
  // Written so that not-a-number fails.
  guard difference <= relative else {
    Issue.record(
      "\(context)relative difference \(difference), allowed \(relative)", sourceLocation: sourceLocation)
    return
  }
}
