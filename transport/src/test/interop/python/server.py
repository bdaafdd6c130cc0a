# SPDX-License-Identifier: Apache-2.0
"""The interop test service on grpcio.

Serves on a free port, prints "port=N" and lives until standard input ends, so that it cannot outlive the tests that
started it. protoc's modules of grpc.testing's empty.proto and messages.proto must be on the path.
"""

import argparse
import pathlib
import sys
import threading
from concurrent import futures

import empty_pb2
import grpc
import messages_pb2

ECHO_INITIAL = "x-grpc-test-echo-initial"
ECHO_TRAILING = "x-grpc-test-echo-trailing-bin"
CODES = {code.value[0]: code for code in grpc.StatusCode}


def echo_metadata(context):
    for key, value in context.invocation_metadata():
        if key == ECHO_INITIAL:
            context.send_initial_metadata([(key, value)])
        elif key == ECHO_TRAILING:
            context.set_trailing_metadata([(key, value)])


def end_as_asked(request, context):
    if request.HasField("response_status") and request.response_status.code:
        status = request.response_status
        context.abort(CODES[status.code], status.message)


def payload(size):
    return messages_pb2.Payload(body=bytes(size))


def empty_call(request, context):
    return empty_pb2.Empty()


def unary_call(request, context):
    if request.response_compressed.value:
        context.set_compression(grpc.Compression.Gzip)
    echo_metadata(context)
    end_as_asked(request, context)
    return messages_pb2.SimpleResponse(payload=payload(request.response_size))


def responses(request, context):
    ended = threading.Event()
    context.add_callback(ended.set)
    for wanted in request.response_parameters:
        if wanted.interval_us and ended.wait(wanted.interval_us / 1e6):
            return
        if wanted.HasField("compressed") and not wanted.compressed.value:
            context.disable_next_message_compression()
        yield messages_pb2.StreamingOutputCallResponse(payload=payload(wanted.size))


def streaming_output_call(request, context):
    if any(wanted.compressed.value for wanted in request.response_parameters):
        context.set_compression(grpc.Compression.Gzip)
    yield from responses(request, context)


def streaming_input_call(requests, context):
    total = sum(len(request.payload.body) for request in requests)
    return messages_pb2.StreamingInputCallResponse(aggregated_payload_size=total)


def full_duplex_call(requests, context):
    echo_metadata(context)
    for request in requests:
        end_as_asked(request, context)
        yield from responses(request, context)


def handler(make, behaviour, request, response):
    return make(behaviour, request.FromString, response.SerializeToString)


TEST_SERVICE = grpc.method_handlers_generic_handler(
    "grpc.testing.TestService",
    {
        "EmptyCall": handler(
            grpc.unary_unary_rpc_method_handler, empty_call, empty_pb2.Empty, empty_pb2.Empty
        ),
        "UnaryCall": handler(
            grpc.unary_unary_rpc_method_handler,
            unary_call,
            messages_pb2.SimpleRequest,
            messages_pb2.SimpleResponse,
        ),
        "StreamingOutputCall": handler(
            grpc.unary_stream_rpc_method_handler,
            streaming_output_call,
            messages_pb2.StreamingOutputCallRequest,
            messages_pb2.StreamingOutputCallResponse,
        ),
        "StreamingInputCall": handler(
            grpc.stream_unary_rpc_method_handler,
            streaming_input_call,
            messages_pb2.StreamingInputCallRequest,
            messages_pb2.StreamingInputCallResponse,
        ),
        "FullDuplexCall": handler(
            grpc.stream_stream_rpc_method_handler,
            full_duplex_call,
            messages_pb2.StreamingOutputCallRequest,
            messages_pb2.StreamingOutputCallResponse,
        ),
    },
)


def main():
    flags = argparse.ArgumentParser(description=__doc__)
    flags.add_argument("--cert", type=pathlib.Path, help="PEM file of the chain; serves TLS")
    flags.add_argument("--key", type=pathlib.Path, help="PEM file of the private key")
    options = flags.parse_args()

    server = grpc.server(futures.ThreadPoolExecutor(max_workers=16))
    server.add_generic_rpc_handlers((TEST_SERVICE,))
    if options.cert:
        pair = (options.key.read_bytes(), options.cert.read_bytes())
        port = server.add_secure_port("localhost:0", grpc.ssl_server_credentials([pair]))
    else:
        port = server.add_insecure_port("localhost:0")
    server.start()
    print(f"port={port}", flush=True)
    sys.stdin.buffer.read()
    server.stop(grace=None).wait()


if __name__ == "__main__":
    main()
