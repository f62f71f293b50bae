import ReferenceFixtures
import Tensors

/// Numbers that go by a name, the same every time.
func random(_ name: String, _ shape: [Int], scale: Float = 1, offset: Float = 0) -> Tensor {
  SyntheticTensor(shape: shape, scale: scale, offset: offset).tensor(named: name)
}
