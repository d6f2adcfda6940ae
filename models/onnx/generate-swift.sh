#!/bin/sh
# Makes Sources/ModelImport/ONNX/onnx_subset.pb.swift anew from onnx_subset.proto.
# Needs protoc (Debian's protobuf-compiler) and protoc-gen-swift, built from apple/swift-protobuf 1.39.0 with
# `swift build --product protoc-gen-swift`; $PROTOC_GEN_SWIFT names it.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
plugin=${PROTOC_GEN_SWIFT:-$(command -v protoc-gen-swift)}
protoc --plugin=protoc-gen-swift="$plugin" --proto_path="$root/models/onnx" \
    --swift_opt=Visibility=Internal --swift_out="$root/Sources/ModelImport/ONNX" onnx_subset.proto
