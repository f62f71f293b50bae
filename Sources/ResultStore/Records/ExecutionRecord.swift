public import Foundation
import GRDB
public import Machine
public import Pictures

/// A process that made pictures of a run: which engine, on which machine.
public struct ExecutionRecord: StoredRecord {
  public static let databaseTableName = "execution"

  @RowID public var id: Int64
  public var runID: Int64
  /// What made the pictures: `builtin` for this program's own pipeline.
  public var engine: String
  /// The engine's; nil for this program's own, whose version is ``toolVersion``.
  public var engineVersion: String?
  /// What the engine computed on, where that is not the machine's processor.
  public var device: String?
  public var machine: MachineDescription
  public var toolVersion: String
  public var commandLine: String
  public var began: Date

  public init(
    runID: Int64 = 0, engine: EngineIdentity, machine: MachineDescription, toolVersion: String,
    commandLine: String, began: Date
  ) {
    id = 0
    self.runID = runID
    self.engine = engine.name
    engineVersion = engine.version
    device = engine.device
    self.machine = machine
    self.toolVersion = toolVersion
    self.commandLine = commandLine
    self.began = began
  }

  public var engineIdentity: EngineIdentity {
    EngineIdentity(name: engine, version: engineVersion, device: device)
  }

  /// Whether seconds of both can be compared: the same engine and device, on machines of one kind.
  public func hasComparableTimes(to other: ExecutionRecord) -> Bool {
    engine == other.engine && device == other.device && machine.hasSameSpeed(as: other.machine)
  }

  /// Whether both also ran the same versions, as the two sides of a speed-up within a run must.
  public func hasSameVersions(as other: ExecutionRecord) -> Bool {
    toolVersion == other.toolVersion && engineVersion == other.engineVersion
  }
}
