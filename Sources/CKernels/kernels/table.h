// All kernels, compiled for one instruction set, and their table.
//
// A file for each set includes this after it has defined, and pushed as an attribute of functions, what
// the set is:
//
//   KERNELS            the name of the table
//   MULTIPLIES_PAIRS   whether the processor multiplies pairs of bfloat16
//   CONVERTS_HALVES    whether the processor converts halves
//   WIDEST_PANEL       see attention_product.h
#include "activation.h"
#include "attention.h"
#include "cross_entropy.h"
#include "dropout.h"
#include "elementwise.h"
#include "normalization.h"
#include "optimizer.h"
#include "rms_norm.h"
#include "rotary.h"
#include "sparse_change.h"
#include "stored.h"
#include "stored_product.h"
#include "tiles.h"
#include "weight.h"

const ck_kernels KERNELS = {
    .to_bfloat16 = to_bfloat16,
    .from_bfloat16 = from_bfloat16,
    .add = add,
    .scale = scale,
    .add_bias = add_bias,
    .column_sums = column_sums,
    .sum_of_squares = sum_of_squares,
    .gather_rows = gather_rows,
    .add_squares = add_squares,
    .axpy = axpy,
    .widen_tile = widen_tile,
    .round_tile = round_tile,
    .decode_tile = decode_tile,
    .stored_times_vector = stored_times_vector,
    .dropout_rows = dropout_rows,
    .split = split,
    .join = join,
    .upper_halves = upper_halves,
    .add_to_weight = add_to_weight,
    .bias_activation = bias_activation,
    .activation_backward = activation_backward,
    .gated_activation = gated_activation,
    .gated_activation_backward = gated_activation_backward,
    .bias_tanh = bias_tanh,
    .tanh_backward = tanh_backward,
    .layer_norm = layer_norm,
    .residual_layer_norm = residual_layer_norm,
    .layer_norm_backward = layer_norm_backward,
    .layer_norm_gradients = layer_norm_gradients,
    .rms_norm = rms_norm,
    .rms_norm_backward = rms_norm_backward,
    .rms_norm_gradients = rms_norm_gradients,
    .rotate = rotate,
    .cross_entropy = cross_entropy,
    .attention_scratch = attention_scratch,
    .attention_forward = attention_forward,
    .attention_backward = attention_backward,
    .adamw = adamw,
    .adam_delta = adam_delta,
    .add_to_rows = add_to_rows,
    .add_to_columns = add_to_columns,
    .add_to_columns_scratch = add_to_columns_scratch,
    .add_to_elements = add_to_elements,
};
