/**
 * Reading and writing safetensors files: one strict reader with two limit profiles (models,
 * patches).
 *
 * <p>Nothing here knows a tensor library: values come as little-endian byte buffers or Java arrays.
 * Shapes are in the order of the file (outermost dimension first), and a scalar has the empty
 * shape.
 */
package dev.forgetmenot.safetensors;
