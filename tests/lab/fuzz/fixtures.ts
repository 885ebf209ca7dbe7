/**
 * What a host may have in /etc/kubernetes/pki before: authorities and keys of all kinds, as shell scripts.
 *
 * @module
 */

const CA = String.raw`mkdir -p /etc/kubernetes/pki/etcd; cd /etc/kubernetes/pki
ext='basicConstraints=critical,CA:TRUE
keyUsage=critical,digitalSignature,keyEncipherment,keyCertSign
subjectKeyIdentifier=hash'
ca() { # name, key options…
  name=$1; shift
  openssl genpkey "$@" -out $name.key 2>/dev/null
  printf '[v]\n%s\n' "$ext" >ext.cnf
  openssl req -new -x509 -key $name.key -subj "/CN=$name" -days 3650 -config /dev/fd/3 -extensions v -out $name.crt 3<<END 2>/dev/null
[req]
distinguished_name=dn
[dn]
$(cat ext.cnf)
END
  rm ext.cnf
}
`;

const P256 = "ca ca -algorithm EC -pkeyopt ec_paramgen_curve:P-256";

/** By name; each is run before either program. */
export const FIXTURES: Readonly<Record<string, string>> = {
  "an authority of P-256": `${CA}${P256}`,
  "an authority of P-384": `${CA}ca ca -algorithm EC -pkeyopt ec_paramgen_curve:P-384`,
  "an authority of P-521": `${CA}ca ca -algorithm EC -pkeyopt ec_paramgen_curve:P-521`,
  "an authority of RSA-2048": `${CA}ca ca -algorithm RSA -pkeyopt rsa_keygen_bits:2048`,
  "an authority of RSA-1024": `${CA}ca ca -algorithm RSA -pkeyopt rsa_keygen_bits:1024`,
  "an authority of Ed25519": `${CA}ca ca -algorithm ED25519`,
  "an authority with a SEC1 key": `${CA}${P256}; openssl ec -in ca.key -out k 2>/dev/null; mv k ca.key`,
  "an authority with a PKCS1 key":
    `${CA}ca ca -algorithm RSA -pkeyopt rsa_keygen_bits:2048; openssl rsa -in ca.key -traditional -out k 2>/dev/null; mv k ca.key`,
  "an authority with parameters before its key":
    `${CA}${P256}; { openssl ecparam -name prime256v1; openssl ec -in ca.key 2>/dev/null; } >k; mv k ca.key`,
  "an authority in CRLF": `${CA}${P256}; sed -i 's/$/\\r/' ca.crt ca.key`,
  "an authority with text before it": `${CA}${P256}; { openssl x509 -in ca.crt -text; } >c; mv c ca.crt`,
  "an authority twice": `${CA}${P256}; cat ca.crt ca.crt >c; mv c ca.crt`,
  "an authority without last line end": `${CA}${P256}; printf %s "$(cat ca.crt)" >c; mv c ca.crt`,
  "two certificates put together without a line end":
    `${CA}${P256}; { printf %s "$(cat ca.crt)"; cat ca.crt; } >c; mv c ca.crt`,
  "an indented authority": `${CA}${P256}; sed -i 's/^/  /' ca.crt`,
  "an authority without its key": `${CA}${P256}; rm ca.key`,
  "a key without its authority": `${CA}${P256}; rm ca.crt`,
  "an authority with the key of another":
    `${CA}${P256}; openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ca.key 2>/dev/null`,
  "an empty authority": `${CA}${P256}; : >ca.crt`,
  "an authority that is no PEM": `${CA}${P256}; echo hello >ca.crt`,
  "a certificate that is no authority": `${CA}ext=basicConstraints=CA:FALSE; ${P256}`,
  "an encrypted key": `${CA}${P256}; openssl pkcs8 -topk8 -in ca.key -passout pass:x -out k; mv k ca.key`,
  "a key of service accounts":
    `${CA}openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out sa.key 2>/dev/null; openssl rsa -in sa.key -pubout -out sa.pub 2>/dev/null`,
  "a key of service accounts without its public half":
    `${CA}openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out sa.key 2>/dev/null`,
  "etcd's authority": `${CA}cd etcd; ca ca -algorithm EC -pkeyopt ec_paramgen_curve:P-256`,
  "the front proxy's authority": `${CA}ca front-proxy-ca -algorithm EC -pkeyopt ec_paramgen_curve:P-256`,
  "an authority of no purpose that is named": `${CA}ext=basicConstraints=critical,CA:TRUE; ${P256}`,
};
