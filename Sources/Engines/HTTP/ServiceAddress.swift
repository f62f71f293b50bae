import Foundation

/// Where a service is, and with which user and password it is asked: those are told to the service, and to nobody else.
public struct ServiceAddress: Sendable, CustomStringConvertible {
  /// Without a slash at its end.
  let base: String
  /// Whether it is asked over TLS.
  let isSecure: Bool
  /// Without the brackets of an address of IPv6.
  let host: String
  let port: Int
  /// What the header `Authorization` says.
  let authorization: String?

  /// - Parameters:
  ///   - text: as in `http://127.0.0.1:7860`
  ///   - credentials: as in `user:password`; nil for none
  /// - Throws: ``AddressError``
  public init(_ text: String, credentials: String? = nil) throws(AddressError) {
    let address = text.contains("://") ? text : "http://\(text)"
    guard let parts = URLComponents(string: address), let host = parts.host, !host.isEmpty,
      let scheme = parts.scheme?.lowercased(), ["http", "https"].contains(scheme)
    else { throw .noAddress(text) }
    guard parts.user == nil, parts.password == nil else { throw .passwordInside }
    guard parts.query == nil, parts.fragment == nil else { throw .noAddress(text) }
    self.host = host.trimmingCharacters(in: ["[", "]"])
    isSecure = scheme == "https"
    port = parts.port ?? (isSecure ? 443 : 80)
    base = String(address.reversed().drop { $0 == "/" }.reversed())
    if let credentials {
      guard let colon = credentials.firstIndex(of: ":"), colon != credentials.startIndex else {
        throw .noCredentials
      }
      authorization = "Basic \(Data(credentials.utf8).base64EncodedString())"
    } else {
      authorization = nil
    }
  }

  public var description: String { base }

  /// Host and port of another machine; nil for this one.
  private var otherHost: String? {
    let own = ["localhost", "127.0.0.1", "::1", "0.0.0.0"]
    return own.contains(host) ? nil : host + ([80, 443].contains(port) ? "" : ":\(port)")
  }

  /// What computes there, as executions name it.
  func device(_ name: String?) -> String {
    (name ?? "an unknown device") + (otherHost.map { " at \($0)" } ?? "")
  }

  func url(_ path: String, _ query: [(name: String, value: String)]) -> URL? {
    // A plus means a space to most servers.
    let unreserved = CharacterSet(
      charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
    let fields = query.map { field in
      "\(field.name)=\(field.value.addingPercentEncoding(withAllowedCharacters: unreserved) ?? "")"
    }
    return URL(string: base + path + (fields.isEmpty ? "" : "?" + fields.joined(separator: "&")))
  }
}

/// What is wrong with an address or with what goes with it; passwords are not repeated.
public enum AddressError: Error, Equatable, CustomStringConvertible {
  case noAddress(String)
  case passwordInside
  case noCredentials

  public var description: String {
    switch self {
    case .noAddress(let text):
      "'\(text)' is no address of a service; write it as in http://127.0.0.1:7860"
    case .passwordInside:
      "an address with a password in it would be stored with the run; pass the password with --api-auth or "
        + "TOME_EVAL_API_AUTH"
    case .noCredentials: "user and password are written as in user:password"
    }
  }
}
