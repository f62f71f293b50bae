import Metrics
import Mustache

/// What rows, cells and scores hold, by name. A large page has so many of them that reflection would make it slow;
/// what is absent is `false` here, so that no enclosing value is looked through for it.
extension Sheet.Row: MustacheParent {
  func child(named name: String) -> Any? {
    switch name {
    case "promptRow": promptRow
    case "seed": "\(seed)"
    case "order": order
    case "prompt": prompt
    case "read": unread.map { prompt.dropLast($0.count) } ?? prompt[...]
    case "unread": unread ?? false
    case "source": source
    case "category": category
    case "challenge": challenge
    case "subset": subset
    case "tags": tags
    case "cells": cells
    default: nil
    }
  }
}

extension Sheet.Cell: MustacheParent {
  func child(named name: String) -> Any? {
    switch name {
    case "label": label
    case "ratio": ratio
    case "heading": heading
    case "isBaseline": isBaseline
    case "run": run ?? false
    case "reference": reference ?? false
    case "alt": alt
    case "width": width
    case "height": height
    case "picture": picture ?? false
    case "thumbnail": thumbnail ?? false
    case "difference": difference ?? false
    case "pixelHash": pixelHash ?? false
    case "missing": missing ?? false
    case "isFailure": isFailure
    case "scores": scores
    case "change": change.map { "\($0)" } ?? false
    case "isIdentical": isIdentical
    case "state": state
    case "damage": damage.isEmpty ? false as Any : String(damage.map(\.letter))
    case "sortValues": sortValues
    default: nil
    }
  }
}

extension Sheet.Score: MustacheParent {
  func child(named name: String) -> Any? {
    switch name {
    case "name": self.name
    case "value": value
    case "change": change ?? false
    default: nil
    }
  }
}

extension Sheet.SortValue: MustacheParent {
  func child(named name: String) -> Any? {
    switch name {
    case "key": key
    case "number": number
    default: nil
    }
  }
}
