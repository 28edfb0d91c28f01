/// The version of the command and of the library.
let sparsegradVersion = "0.1.0"
