/// `"a", "b", "c"`, with the end of a long list left out.
func quotedList(_ names: [String]) -> String {
  let shown = names.prefix(20).map { "\"\($0)\"" }.joined(separator: ", ")
  return names.count > 20 ? "\(shown) and \(names.count - 20) more" : shown
}
