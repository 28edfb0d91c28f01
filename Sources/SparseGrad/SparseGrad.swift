/// `import SparseGrad` brings the whole public interface: models, methods, training and data.
@_exported import Adapters
@_exported import ChatTemplates
@_exported import Compute
@_exported import Datasets
@_exported import Experiments
@_exported import Inference
@_exported import Layers
@_exported import Methods
@_exported import Metrics
@_exported import Models
@_exported import Reports
@_exported import Serving
@_exported import Support
@_exported import Tasks
@_exported import Tokenizers
@_exported import Training
@_exported import Weights
