import Files
import Foundation
import Tensors

/// A file mapped read-only into memory for as long as the object lives.
final class FileMapping: @unchecked Sendable {
  let bytes: UnsafeRawBufferPointer

  init(path: String) throws(CheckpointError) {
    let file: RegularFile
    do throws(FileProblem) {
      file = try RegularFile(path)
    } catch {
      throw CheckpointError(error, path: path, hint: "check the path, or download the checkpoint again")
    }
    guard file.size > 0 else {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    guard let base = mmap(nil, file.size, PROT_READ, MAP_PRIVATE, file.descriptor, 0), base != MAP_FAILED
    else {
      throw .unreadable(path: path, reason: String(cString: strerror(errno)))
    }
    bytes = UnsafeRawBufferPointer(start: base, count: file.size)
  }

  deinit {
    if let base = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: base), bytes.count) }
  }
}

extension FileMapping: FilePages {
  func giveBack(_ part: UnsafeRawBufferPointer) {
    guard let base = part.baseAddress else { return }
    let page = UInt(getpagesize())
    let start = (UInt(bitPattern: base) + page - 1) / page * page
    let end = (UInt(bitPattern: base) + UInt(part.count)) / page * page
    guard start < end else { return }
    // Of a file that is only read, nothing is lost: the worst that can happen is that pages stay.
    _ = madvise(UnsafeMutableRawPointer(bitPattern: start), Int(end - start), MADV_DONTNEED)
  }
}

extension CheckpointError {
  /// - Parameter hint: what to do when the file is missing
  init(_ problem: FileProblem, path: String, hint: String) {
    self =
      problem == .missing
      ? .missingFile(path: path, hint: hint) : .unreadable(path: path, reason: problem.reason)
  }
}
