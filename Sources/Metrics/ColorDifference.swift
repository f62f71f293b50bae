import Foundation
package import Images

/// The mean over all pixels of ``ciede2000(_:_:)`` between two pictures of one size, their 8-bit sRGB taken to CIELAB under
/// D65 for the 2° observer, as `skimage.color.rgb2lab` does; 0 for equal pictures.
package func deltaE(_ a: RGBImage, _ b: RGBImage) -> Double {
  requireEqualSizes(a, b)
  let lab = LabConversion()
  let (own, other) = (a.pixels.span, b.pixels.span)
  var sum = 0.0
  for red in stride(from: 0, to: own.count, by: 3) {
    let (green, blue) = (red + 1, red + 2)
    if own[red] == other[red] && own[green] == other[green] && own[blue] == other[blue] { continue }
    sum += ciede2000(lab(own[red], own[green], own[blue]), lab(other[red], other[green], other[blue]))
  }
  return sum / Double(a.width * a.height)
}

/// The colour difference CIEDE2000 of Sharma, Wu and Dalal 2005 ("The CIEDE2000 color-difference formula: implementation
/// notes, supplementary test data, and mathematical observations", equations 2 to 22) with `kL = kC = kH = 1`, as
/// `skimage.color.deltaE_ciede2000`; the same in both directions.
///
/// Hues are directions here, points of the unit circle, and cosines of their multiples are polynomials of these: of the
/// formula's angles only the one of the mean hue, for its turn near blue, is computed as an angle.
package func ciede2000(_ first: LabColor, _ second: LabColor) -> Double {
  let stretch = 1.5 - 0.5 * chromaShare((first.chroma + second.chroma) / 2)
  let hues = (Hue(first.a * stretch, first.b), Hue(second.a * stretch, second.b))
  let chroma = (hues.0.chroma + hues.1.chroma) / 2
  // By the unstretched colours: what is opposite by its digits is so exactly, and the paper's test data has such pairs.
  let turn = Turn(from: hues.0, to: hues.1, cross: first.a * second.b - second.a * first.b)

  let fromMiddle = (first.lightness + second.lightness) / 2 - 50
  let squared = fromMiddle * fromMiddle
  let lightnessWeight = 1 + 0.015 * squared / (20 + squared).squareRoot()
  let chromaWeight = 1 + 0.045 * chroma
  let hueWeight = 1 + 0.015 * chroma * turn.mean.weight

  let byLightness = (second.lightness - first.lightness) / lightnessWeight
  let byChroma = (hues.1.chroma - hues.0.chroma) / chromaWeight
  let byHue = turn.difference / hueWeight
  let rotation = -turn.mean.rotation * 2 * chromaShare(chroma)
  let squares = byLightness * byLightness + byChroma * byChroma + byHue * byHue
  return max(0, squares + rotation * byChroma * byHue).squareRoot()
}

/// `√(C⁷ / (C⁷ + 25⁷))`, from 0 for greys to 1.
private func chromaShare(_ chroma: Double) -> Double {
  let cube = chroma * chroma * chroma
  let power = cube * cube * chroma
  return (power / (power + 6_103_515_625)).squareRoot()
}

/// A chroma and its hue as a point of the unit circle; (0, 0) for the hue of greys, which have none.
private struct Hue {
  let chroma: Double
  let cosine: Double
  let sine: Double

  init(_ a: Double, _ b: Double) {
    chroma = (a * a + b * b).squareRoot()
    (cosine, sine) = chroma > 0 ? (a / chroma, b / chroma) : (0, 0)
  }

  /// `T`, equation 15.
  var weight: Double {
    let (cosine2, sine2) = (cosine * cosine - sine * sine, 2 * cosine * sine)
    let (cosine3, sine3) = (cosine2 * cosine - sine2 * sine, sine2 * cosine + cosine2 * sine)
    let (cosine4, sine4) = (cosine2 * cosine2 - sine2 * sine2, 2 * cosine2 * sine2)
    // Cosines of h - 30°, 3 h + 6° and 4 h - 63°.
    let first = cosine * 0.8660254037844387 + sine * 0.5
    let third = cosine3 * 0.9945218953682733 - sine3 * 0.10452846326765347
    let fourth = cosine4 * 0.4539904997395468 + sine4 * 0.8910065241883678
    return 1 - 0.17 * first + 0.24 * cosine2 + 0.32 * third - 0.2 * fourth
  }

  /// `sin 2Δθ`, equations 16 and 21. The hue counts from 0° to 360° there, and 0° is not as near to blue as 360° is.
  var rotation: Double {
    let angle = atan2(sine, cosine) * 180 / .pi
    let distance = ((angle < 0 ? angle + 360 : angle) - 275) / 25
    return sin(.pi / 3 * exp(-distance * distance))
  }
}

/// From one hue to another on the shorter arc.
private struct Turn {
  /// `ΔH'`, equation 11: twice the geometric mean of the chromas times the sine of half the angle, counterclockwise above 0.
  let difference: Double
  /// The middle of the arc, equation 14; its chroma means nothing. Without a hue on one side it is the other side's.
  let mean: Hue

  /// - Parameter cross: the cross product of both colours, of whatever positive multiple: its sign says which way to turn.
  init(from first: Hue, to second: Hue, cross: Double) {
    // Of two opposite hues the one below 180° comes first, and the mean lies 90° after it.
    let isUpper = first.sine > 0 || first.sine == 0 && first.cosine > 0
    let isCounterclockwise = cross == 0 ? isUpper : cross > 0
    let (across, up) = (second.cosine - first.cosine, second.sine - first.sine)
    let length = (first.chroma * second.chroma).squareRoot() * (across * across + up * up).squareRoot()
    difference = isCounterclockwise ? length : -length
    if first.cosine * second.cosine + first.sine * second.sine >= 0 {
      mean = Hue(first.cosine + second.cosine, first.sine + second.sine)
    } else {
      // The sum of nearly opposite directions has lost its digits; across their difference lies the same direction.
      mean = isCounterclockwise ? Hue(up, -across) : Hue(-up, across)
    }
  }
}
