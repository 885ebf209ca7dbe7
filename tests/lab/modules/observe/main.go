// Command observe tells when URLs first answer well: `observe [-cert FILE -key FILE] SECONDS NAME=URL[#TEXT]…` asks each of
// them every 20 ms and prints "NAME MILLISECONDS" (since 1970) when it answered 200 with the text in its body. It ends when
// all have, and fails when the seconds are over. Certificates are not checked: it watches, and sends nothing.
package main

import (
	"crypto/tls"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

const interval = 20 * time.Millisecond

func main() {
	certificate := flag.String("cert", "", "client certificate")
	key := flag.String("key", "", "its key")
	flag.Parse()
	if flag.NArg() < 2 {
		fail(fmt.Errorf("usage: observe [-cert FILE -key FILE] SECONDS NAME=URL[#TEXT]..."))
	}
	seconds, err := strconv.ParseFloat(flag.Arg(0), 64)
	fail(err)
	settings := &tls.Config{InsecureSkipVerify: true}
	if *certificate != "" {
		pair, err := tls.LoadX509KeyPair(*certificate, *key)
		fail(err)
		settings.Certificates = []tls.Certificate{pair}
	}
	client := &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{TLSClientConfig: settings}}
	time.AfterFunc(time.Duration(seconds*float64(time.Second)), func() { fail(fmt.Errorf("%v seconds are over", seconds)) })
	var all sync.WaitGroup
	for _, argument := range flag.Args()[1:] {
		name, address, _ := strings.Cut(argument, "=")
		url, text, _ := strings.Cut(address, "#")
		all.Go(func() {
			for !answers(client, url, text) {
				time.Sleep(interval)
			}
			fmt.Println(name, time.Now().UnixMilli())
		})
	}
	all.Wait()
}

func answers(client *http.Client, url, text string) bool {
	response, err := client.Get(url)
	if err != nil {
		return false
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return err == nil && response.StatusCode == http.StatusOK && strings.Contains(string(body), text)
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "observe:", err)
		os.Exit(1)
	}
}
