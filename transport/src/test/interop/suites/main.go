// SPDX-License-Identifier: Apache-2.0

// Command h2spec offers h2spec's cases for HTTP/2 clients, each on a port of its own. It prints "case ID PORT DESCRIPTION" for
// each and then "listening". The first connection to a port runs the case; its end is printed as "passed ID SENT" or
// "failed ID SENT: EXPECTED AND ACTUAL", where SENT lists the GOAWAY and RST_STREAM frames that the client had sent by then.
// It lives until its standard input ends, so that it cannot outlive the tests that started it. The arguments are the IDs of the
// cases in which the client is to send nothing.
package main

import (
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/summerwind/h2spec/client"
	"github.com/summerwind/h2spec/config"
	"github.com/summerwind/h2spec/spec"
)

// How long a case waits for the client's next frame: far longer than a busy machine delays it. Only a case that fails waits as long.
const timeout = 60 * time.Second

// How long a case waits whose client is to send nothing. It always waits as long.
const silence = 3 * time.Second

var output sync.Mutex

func main() {
	offerGroup(client.Spec())
	report("listening")
	_, _ = io.Copy(io.Discard, os.Stdin)
}

func offerGroup(group *spec.ClientTestGroup) {
	for _, test := range group.Tests {
		offer(fmt.Sprintf("%s/%d", group.Section, test.Seq), test)
	}
	for _, child := range group.Groups {
		offerGroup(child)
	}
}

func offer(id string, test *spec.ClientTestCase) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatalf("cannot listen: %v", err)
	}
	report("case %s %d %s", id, listener.Addr().(*net.TCPAddr).Port, test.Desc)
	go func() {
		socket, err := listener.Accept()
		if err != nil {
			log.Fatalf("case %s cannot accept: %v", id, err)
		}
		_ = listener.Close()
		run(id, test, socket)
	}()
}

func run(id string, test *spec.ClientTestCase, socket net.Conn) {
	recording := &recordedConn{Conn: socket}
	settings := &config.Config{Host: "127.0.0.1", Timeout: timeout, MaxHeaderLen: 4000}
	conn, err := spec.Accept(settings, recording)
	if err == nil && slices.Contains(os.Args[1:], id) {
		conn.Timeout = silence
	}
	if err == nil {
		err = test.Run(settings, conn)
	}
	sent := recording.errorFrames()
	if err == nil {
		report("passed %s %s", id, sent)
	} else {
		report("failed %s %s: %s", id, sent, describe(err))
	}
	_ = socket.Close()
}

func describe(err error) string {
	var mismatch *spec.TestError
	if errors.As(err, &mismatch) {
		return "expected " + strings.Join(mismatch.Expected, " or ") + "; actual: " + mismatch.Actual
	}
	return strings.ReplaceAll(err.Error(), "\n", "; ")
}

func report(format string, arguments ...any) {
	output.Lock()
	defer output.Unlock()
	fmt.Printf(format+"\n", arguments...)
}
