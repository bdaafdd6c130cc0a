// SPDX-License-Identifier: Apache-2.0

// Command interopserver serves grpc-go's interop test service on a free port, prints "port=N" and lives until its standard
// input ends, so that it cannot outlive the tests that started it.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/interop"
	testgrpc "google.golang.org/grpc/interop/grpc_testing"
)

func main() {
	cert := flag.String("cert", "", "PEM file of the certificate chain; with -key, serve TLS")
	key := flag.String("key", "", "PEM file of the private key")
	flag.Parse()

	options := []grpc.ServerOption{grpc.StatsHandler(compressionWatch{})}
	if *cert != "" {
		tls, err := credentials.NewServerTLSFromFile(*cert, *key)
		if err != nil {
			log.Fatalf("cannot load %s and %s: %v", *cert, *key, err)
		}
		options = append(options, grpc.Creds(tls))
	}
	listener, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		log.Fatalf("cannot listen: %v", err)
	}
	server := grpc.NewServer(options...)
	testgrpc.RegisterTestServiceServer(server, compressing{interop.NewTestServer()})
	fmt.Printf("port=%d\n", listener.Addr().(*net.TCPAddr).Port)
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		server.Stop()
	}()
	if err := server.Serve(listener); err != nil {
		log.Fatalf("serving ended: %v", err)
	}
}
