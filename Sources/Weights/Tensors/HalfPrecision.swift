/// The value of an IEEE 754 half, exactly. (`Float(Float16)` calls a function for each element on
/// x86-64 processors without the conversion instruction, which is what packages are built for.)
@inline(__always)
func float(halfBits bits: UInt16) -> Float {
  // Exponent and mantissa moved to their places in a float, then the bias made right by a product,
  // which makes normal numbers of subnormal halves. Infinities and NaN keep all exponent bits set.
  let magnitude = UInt32(bits & 0x7fff) << 13
  let scaled = (Float(bitPattern: magnitude) * 0x1p112).bitPattern
  let special: UInt32 = magnitude >= 0x0f80_0000 ? 0x7f80_0000 : 0
  return Float(bitPattern: scaled | special | UInt32(bits & 0x8000) << 16)
}

/// The half nearest to a number, ties to even; infinite for numbers beyond the largest half.
@inline(__always)
func halfBits(_ value: Float) -> UInt16 { Float16(value).bitPattern }

/// The upper half of the float nearest to a number that ends there, ties to even; infinite for the largest numbers.
@inline(__always)
func bfloat16Bits(_ value: Float) -> UInt16 {
  let bits = value.bitPattern
  return UInt16(truncatingIfNeeded: (bits &+ 0x7fff &+ (bits >> 16 & 1)) >> 16)
}
