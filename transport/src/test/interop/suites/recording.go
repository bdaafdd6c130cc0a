// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"fmt"
	"net"
	"strings"
	"sync"

	"golang.org/x/net/http2"
)

// recordedConn keeps what the client has sent: h2spec takes any close of the connection as an answer, whatever the GOAWAY
// before it says.
type recordedConn struct {
	net.Conn

	mutex    sync.Mutex
	received bytes.Buffer
}

func (conn *recordedConn) Read(buffer []byte) (int, error) {
	count, err := conn.Conn.Read(buffer)
	conn.mutex.Lock()
	defer conn.mutex.Unlock()
	conn.received.Write(buffer[:count])
	return count, err
}

// errorFrames lists the GOAWAY and RST_STREAM frames with their codes, "[]" if there are none.
func (conn *recordedConn) errorFrames() string {
	conn.mutex.Lock()
	defer conn.mutex.Unlock()
	unread := bytes.NewReader(bytes.TrimPrefix(conn.received.Bytes(), []byte(http2.ClientPreface)))
	framer := http2.NewFramer(nil, unread)
	framer.AllowIllegalReads = true
	frames := []string{}
	for {
		frame, err := framer.ReadFrame()
		if err != nil {
			return "[" + strings.Join(frames, " ") + "]"
		}
		switch frame := frame.(type) {
		case *http2.GoAwayFrame:
			frames = append(frames, fmt.Sprintf("GOAWAY(%v)", frame.ErrCode))
		case *http2.RSTStreamFrame:
			frames = append(frames, fmt.Sprintf("RST_STREAM(%v)", frame.ErrCode))
		}
	}
}
