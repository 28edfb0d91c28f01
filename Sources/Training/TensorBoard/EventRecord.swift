/// A record of an event file: TensorFlow's `Event` message, as far as TensorBoard's scalars and texts need it.
enum EventRecord {
  /// What a file begins with: the version of its form.
  case version
  /// The run goes on: what older files say of this step and of later ones does not count.
  case restart(step: Int)
  /// Numbers of a step, by name.
  case scalars(step: Int, [(tag: String, value: Double)])
  /// A text in Markdown.
  case text(tag: String, String)

  /// The record in a file: its length and its bytes, each followed by a masked checksum (the TFRecord form).
  func framed(at time: Double) -> [UInt8] {
    let event = encoded(at: time)
    let length = UInt64(event.count).littleEndianBytes
    return length + CRC32C.masked(length).littleEndianBytes + event
      + CRC32C.masked(event).littleEndianBytes
  }

  /// The numbers of `Event`'s fields.
  private enum Field {
    static let (wallTime, step, fileVersion, summary, sessionLog) = (1, 2, 3, 5, 7)
  }

  /// The numbers of the fields of `Summary.Value`.
  private enum ValueField {
    static let (tag, simpleValue, tensor, metadata) = (1, 2, 8, 9)
  }

  /// - Parameter time: seconds since 1970.
  private func encoded(at time: Double) -> [UInt8] {
    var event = ProtobufMessage()
    event.append(Field.wallTime, time)
    switch self {
    case .version: event.append(Field.fileVersion, "brain.Event:2")
    case .restart(let step):
      event.append(Field.step, step)
      event.append(Field.sessionLog) { $0.append(1, 1) }  // status: START
    case .scalars(let step, let values):
      event.append(Field.step, step)
      event.append(Field.summary) { summary in
        for (tag, value) in values {
          summary.append(1) {
            $0.append(ValueField.tag, tag)
            $0.append(ValueField.simpleValue, Float(value))
          }
        }
      }
    case .text(let tag, let text):
      event.append(Field.summary) { summary in
        summary.append(1) { value in
          value.append(ValueField.tag, tag)
          value.append(ValueField.tensor) {
            $0.append(1, 7)  // dtype: DT_STRING
            $0.append(2) { _ in }  // no dimensions: one text
            $0.append(8, text)
          }
          value.append(ValueField.metadata) { metadata in
            metadata.append(1) { $0.append(1, "text") }  // the plugin that shows it
          }
        }
      }
    }
    return event.bytes
  }
}
