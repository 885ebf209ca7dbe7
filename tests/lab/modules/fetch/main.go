// Command fetch prints what a URL gives: `fetch [seconds] URL`. It stands in for busybox's wget, whose static build
// crashes when it resolves a name. Certificates are not checked: pods of the lab talk to one another.
package main

import (
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"time"
)

func main() {
	arguments := os.Args[1:]
	timeout := 2 * time.Second
	if len(arguments) == 2 {
		seconds, err := strconv.ParseFloat(arguments[0], 64)
		fail(err)
		timeout = time.Duration(seconds * float64(time.Second))
		arguments = arguments[1:]
	}
	if len(arguments) != 1 {
		fail(fmt.Errorf("usage: fetch [seconds] URL"))
	}
	client := http.Client{
		Timeout:   timeout,
		Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}},
	}
	response, err := client.Get(arguments[0])
	fail(err)
	defer response.Body.Close()
	_, err = io.Copy(os.Stdout, response.Body)
	fail(err)
	if response.StatusCode >= 400 {
		fail(fmt.Errorf("%s", response.Status))
	}
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "fetch:", err)
		os.Exit(1)
	}
}
