// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"sync/atomic"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/encoding/gzip"
	testgrpc "google.golang.org/grpc/interop/grpc_testing"
	testpb "google.golang.org/grpc/interop/grpc_testing"
	"google.golang.org/grpc/stats"
	"google.golang.org/grpc/status"
)

// compressing adds to grpc-go's test service what it leaves out: the fields of requests that ask about compression.
type compressing struct {
	testgrpc.TestServiceServer
}

func (s compressing) UnaryCall(ctx context.Context, in *testpb.SimpleRequest) (*testpb.SimpleResponse, error) {
	if err := asExpected(ctx, in.GetExpectCompressed()); err != nil {
		return nil, err
	}
	if err := compressResponses(ctx, in.GetResponseCompressed()); err != nil {
		return nil, err
	}
	return s.TestServiceServer.UnaryCall(ctx, in)
}

// StreamingOutputCall compresses all responses if the first one shall be: grpc-go chooses once for each call.
func (s compressing) StreamingOutputCall(in *testpb.StreamingOutputCallRequest, stream testgrpc.TestService_StreamingOutputCallServer) error {
	if responses := in.GetResponseParameters(); len(responses) > 0 {
		if err := compressResponses(stream.Context(), responses[0].GetCompressed()); err != nil {
			return err
		}
	}
	return s.TestServiceServer.StreamingOutputCall(in, stream)
}

func (s compressing) StreamingInputCall(stream testgrpc.TestService_StreamingInputCallServer) error {
	return s.TestServiceServer.StreamingInputCall(checkedInput{stream})
}

type checkedInput struct {
	testgrpc.TestService_StreamingInputCallServer
}

func (c checkedInput) Recv() (*testpb.StreamingInputCallRequest, error) {
	in, err := c.TestService_StreamingInputCallServer.Recv()
	if err != nil {
		return nil, err
	}
	return in, asExpected(c.Context(), in.GetExpectCompressed())
}

func compressResponses(ctx context.Context, wanted *testpb.BoolValue) error {
	switch {
	case wanted == nil:
		return nil
	case wanted.GetValue():
		return grpc.SetSendCompressor(ctx, gzip.Name)
	default:
		return grpc.SetSendCompressor(ctx, encoding.Identity)
	}
}

func asExpected(ctx context.Context, expected *testpb.BoolValue) error {
	compressed := ctx.Value(lastMessageKey{}).(*atomic.Bool).Load()
	if expected == nil || expected.GetValue() == compressed {
		return nil
	}
	return status.Errorf(codes.InvalidArgument, "compressed: expected %t, got %t", expected.GetValue(), compressed)
}

type lastMessageKey struct{}

// compressionWatch keeps for each call whether the message read last was compressed. Handlers cannot ask grpc-go that.
type compressionWatch struct{}

func (compressionWatch) TagRPC(ctx context.Context, _ *stats.RPCTagInfo) context.Context {
	return context.WithValue(ctx, lastMessageKey{}, new(atomic.Bool))
}

func (compressionWatch) HandleRPC(ctx context.Context, event stats.RPCStats) {
	if in, ok := event.(*stats.InPayload); ok {
		ctx.Value(lastMessageKey{}).(*atomic.Bool).Store(in.CompressedLength != in.Length)
	}
}

func (compressionWatch) TagConn(ctx context.Context, _ *stats.ConnTagInfo) context.Context {
	return ctx
}

func (compressionWatch) HandleConn(context.Context, stats.ConnStats) {}
