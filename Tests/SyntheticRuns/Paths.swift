package import Foundation
package import Pictures
package import ResultStore

extension PictureFolders {
  /// Those of a run that lies beside its store.
  package init(_ folder: URL) { self.init(store: folder, output: folder) }
}

extension SampleRecord {
  /// Of its picture.
  package var path: String? { picture?.path.text }
}
