import ArgumentParser
import Foundation
import Machine
import Tensors
import Wording

/// The end of a process whose memory is at an end: a sentence, and what bad usage ends with. What is in a store by then
/// stays there.
enum OutOfMemory {
  /// From now on.
  static func prepare() {
    MemoryShortage.handle { bytes in
      end(
        "out of memory: \(NumberText.bytes(bytes)) more cannot be had, of the \(NumberText.bytes(MemoryCapacity.bytes)) "
          + "that this process may hold; make smaller pictures with --size, or raise the limit (ulimit -d, ulimit -v)"
      )
    }
  }

  static func end(_ sentence: String) -> Never {
    Terminal.log("Error: \(sentence)")
    // Other threads still compute: nothing is taken away from under them.
    _exit(ExitCode.badInput.rawValue)
  }
}
