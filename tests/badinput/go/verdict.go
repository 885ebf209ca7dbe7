// Command verdict says what Go reads: one JSON line in ({"kind", "data"}), one JSON string out. See record.ts.
package main

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"os"
	"strings"
	"time"
)

type in struct {
	Kind string   `json:"kind"`
	Data []string `json:"data"`
	Now  string   `json:"now"`
	Use  string   `json:"use"`
}

func b(s string) []byte { d, _ := base64.StdEncoding.DecodeString(s); return d }

func pubName(k any) string {
	switch p := k.(type) {
	case *rsa.PublicKey:
		return fmt.Sprintf("RSA-%d", p.N.BitLen())
	case *ecdsa.PublicKey:
		return "ECDSA " + p.Curve.Params().Name
	case ed25519.PublicKey:
		return "Ed25519"
	case nil:
		return "unknown"
	}
	return fmt.Sprintf("%T", k)
}

func cert(d []byte) (string, *x509.Certificate) {
	c, err := x509.ParseCertificate(d)
	if err != nil {
		return "refused", nil
	}
	ips := []string{}
	for _, i := range c.IPAddresses {
		ips = append(ips, hex.EncodeToString(i))
	}
	uses := []string{}
	for _, u := range c.ExtKeyUsage {
		if u == x509.ExtKeyUsageServerAuth {
			uses = append(uses, "server")
		}
		if u == x509.ExtKeyUsageClientAuth {
			uses = append(uses, "client")
		}
	}
	auth := c.IsCA && (c.KeyUsage == 0 || c.KeyUsage&x509.KeyUsageCertSign != 0)
	return strings.Join([]string{c.Subject.CommonName, strings.Join(c.Subject.Organization, ","), strings.Join(c.DNSNames, ","), strings.Join(ips, ","),
		c.NotBefore.UTC().Format("2006-01-02T15:04:05Z"), c.NotAfter.UTC().Format("2006-01-02T15:04:05Z"), fmt.Sprint(auth), c.SerialNumber.Text(16), pubName(c.PublicKey), hex.EncodeToString(c.SubjectKeyId),
		fmt.Sprint(len(c.UnhandledCriticalExtensions)), fmt.Sprint(len(c.EmailAddresses)), fmt.Sprint(len(c.URIs))}, "|"), c
}

func key(d []byte) string {
	// as crypto/tls: the first key block, in the form that its label says (client-go keyutil)
	for {
		var blk *pem.Block
		blk, d = pem.Decode(d)
		if blk == nil {
			return "refused"
		}
		if !strings.HasSuffix(blk.Type, "PRIVATE KEY") {
			continue
		}
		var k any
		var err error
		switch blk.Type {
		case "EC PRIVATE KEY":
			k, err = x509.ParseECPrivateKey(blk.Bytes)
		case "RSA PRIVATE KEY":
			k, err = x509.ParsePKCS1PrivateKey(blk.Bytes)
		case "PRIVATE KEY":
			k, err = x509.ParsePKCS8PrivateKey(blk.Bytes)
		default:
			return "refused"
		}
		if err != nil {
			return "refused"
		}
		switch p := k.(type) {
		case *rsa.PrivateKey:
			if _, err := rsa.SignPKCS1v15(nil, p, 0, []byte{1}); err != nil {
				return "refused"
			}
			s, _ := x509.MarshalPKIXPublicKey(&p.PublicKey)
			return hex.EncodeToString(s)
		case *ecdsa.PrivateKey:
			s, _ := x509.MarshalPKIXPublicKey(&p.PublicKey)
			return hex.EncodeToString(s)
		}
		return "refused"
	}
}

func verdict(i in) string {
	switch i.Kind {
	case "pem":
		d := b(i.Data[0])
		out := []string{}
		for {
			var blk *pem.Block
			blk, d = pem.Decode(d)
			if blk == nil {
				return strings.Join(out, ",")
			}
			out = append(out, fmt.Sprintf("%s:%v:%s", blk.Type, len(blk.Headers) > 0, hex.EncodeToString(blk.Bytes)))
		}
	case "cert":
		s, _ := cert(b(i.Data[0]))
		return s
	case "key":
		return key(b(i.Data[0]))
	case "verify": // leaf, root, intermediates...
		_, leaf := cert(b(i.Data[0]))
		_, root := cert(b(i.Data[1]))
		if leaf == nil || root == nil {
			return "refused"
		}
		rp, ip := x509.NewCertPool(), x509.NewCertPool()
		rp.AddCert(root)
		for _, d := range i.Data[2:] {
			_, c := cert(b(d))
			if c == nil {
				return "refused"
			}
			ip.AddCert(c)
		}
		now, _ := time.Parse(time.RFC3339, i.Now)
		use := x509.ExtKeyUsageAny
		if i.Use == "server" {
			use = x509.ExtKeyUsageServerAuth
		}
		if i.Use == "client" {
			use = x509.ExtKeyUsageClientAuth
		}
		if _, err := leaf.Verify(x509.VerifyOptions{Roots: rp, Intermediates: ip, CurrentTime: now, KeyUsages: []x509.ExtKeyUsage{use}}); err != nil {
			return "no: " + err.Error()
		}
		return "yes"
	}
	return "?"
}

func main() {
	sc := bufio.NewScanner(os.Stdin)
	sc.Buffer(make([]byte, 1<<20), 64<<20)
	w := bufio.NewWriter(os.Stdout)
	defer w.Flush()
	for sc.Scan() {
		var i in
		if err := json.Unmarshal(sc.Bytes(), &i); err != nil {
			panic(err)
		}
		o, _ := json.Marshal(verdict(i))
		w.Write(o)
		w.WriteByte('\n')
	}
}
