/// The version that runs, pictures and `--version` state.
public let toolVersion = "0.1.0"
