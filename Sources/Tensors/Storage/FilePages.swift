/// The owner of memory that is a file's: pages that are given back are read again where they are needed.
package protocol FilePages: AnyObject, Sendable {
  /// Lets go of the pages that lie in `bytes` as a whole.
  func giveBack(_ bytes: UnsafeRawBufferPointer)
}
