import Foundation
import Support

/// The formats that can be read, by file name extension.
enum FileFormat: String, CaseIterable {
  case tsv
  case csv
  case jsonl
  case json

  init(_ url: URL) throws {
    // `train.tsv.gz` is unpacked when it is read.
    let plain = url.pathExtension == "gz" ? url.deletingPathExtension() : url
    guard let format = FileFormat(rawValue: plain.pathExtension.lowercased()) else {
      let known = FileFormat.allCases.map { ".\($0.rawValue)" }.joined(separator: ", ")
      throw InputError(
        url.path, "has the unknown extension \"\(plain.pathExtension)\"; expected one of \(known)")
    }
    self = format
  }

  func records(of file: TextFile) throws -> any RecordReader {
    switch self {
    case .tsv: try TSVReader(file)
    case .csv: try CSVReader(file)
    case .jsonl, .json: try JSONLinesReader(file)
    }
  }
}
