/**
 * Parses URLs like Go's net/url, so that the same URLs are valid for kubewright, kubeadm, etcd, the API server and the
 * kubelet. JavaScript's URL class follows browsers: it drops spaces, tabs and line ends, repairs backslashes and missing
 * slashes, and reads `0x7f.1` as an address.
 * @see https://github.com/golang/go/blob/go1.26.0/src/net/url/url.go
 * @module
 */
import { parseAddress } from "./addresses.ts";

/** The parts of a URL, as net/url names them. */
export interface GoUrl {
  /** In lower case; empty: a relative reference. */
  scheme: string;
  /** The text after `scheme:` when it does not start with a slash. */
  opaque: string;
  /** Whether the URL contains a user name or password. */
  hasUser: boolean;
  /** `host:port` with brackets around an IPv6 address; percent-encoding is undone. */
  host: string;
  /** Without port and brackets. */
  hostname: string;
  /** Digits; empty: none. */
  port: string;
  /** Percent-encoding is undone. */
  path: string;
  /** As written, without the question mark. */
  query: string;
  /** As written, without the number sign. */
  fragment: string;
}

/** Characters that a host may contain without encoding. */
const HOST = /^[A-Za-z0-9\-_.~!$&'()*+,;=:[\]<>"\u0080-\u{10ffff}]*$/u;
const USER = /^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/;
const PORT = /^(:\d*)?$/;
/** A `%` without two hexadecimal digits after it. */
const BAD_ESCAPE = /%(?![0-9A-Fa-f]{2})/;
// deno-lint-ignore no-control-regex -- the pattern looks for control characters
const CONTROL = /[\x00-\x1f\x7f]/;

function unescaped(text: string): string {
  const bytes = new TextEncoder().encode(text);
  const out: number[] = [];
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] !== 0x25) out.push(bytes[i]!);
    else out.push(parseInt(String.fromCharCode(bytes[i + 1]!, bytes[i + 2]!), 16)), i += 2;
  }
  return new TextDecoder().decode(new Uint8Array(out));
}

/** A host without brackets: only bytes beyond ASCII may be percent-encoded (RFC 3986), and the percent sign itself. */
function hostText(text: string): string | undefined {
  if (BAD_ESCAPE.test(text) || /%(?!25)[0-7]/.test(text) || !HOST.test(text.replace(/%../g, ""))) return undefined;
  return unescaped(text);
}

/** An address within brackets, with or without a zone (RFC 6874). */
function literalText(text: string): string | undefined {
  const zoneAt = text.indexOf("%25");
  const address = hostText(zoneAt < 0 ? text : text.slice(0, zoneAt));
  const zone = zoneAt < 0 ? "" : zoneText(text.slice(zoneAt));
  if (address === undefined || zone === undefined) return undefined;
  const [, plain, suffix] = /^([^%]*)(%.*)?$/s.exec(address + zone)!;
  return plain!.includes(":") && parseAddress(plain!) && suffix !== "%" ? address + zone : undefined;
}

/** A zone may percent-encode the characters of a host, and spaces. */
function zoneText(text: string): string | undefined {
  if (BAD_ESCAPE.test(text) || !HOST.test(text.replace(/%../g, ""))) return undefined;
  const codes = [...text.matchAll(/%(..)/g)].map(([, hex]) => parseInt(hex!, 16));
  const allowed = (code: number) =>
    code === 0x25 || code === 0x20 || code < 0x80 && HOST.test(String.fromCharCode(code));
  return codes.every(allowed) ? unescaped(text) : undefined;
}

/** Host and port of an authority without user. */
function readHost(scheme: string, text: string): Pick<GoUrl, "host" | "hostname" | "port"> | undefined {
  const open = text.lastIndexOf("[");
  if (open > 0) return undefined;
  if (open === 0) {
    const close = text.lastIndexOf("]");
    const port = text.slice(close + 1);
    const hostname = close < 0 || !PORT.test(port) ? undefined : literalText(text.slice(1, close));
    return hostname === undefined ? undefined : { host: `[${hostname}]${port}`, hostname, port: port.slice(1) };
  }
  const isWeb = scheme === "http" || scheme === "https";
  const colon = isWeb ? text.indexOf(":") : text.lastIndexOf(":");
  if (colon >= 0 && !PORT.test(text.slice(colon))) return undefined;
  const host = hostText(text);
  if (host === undefined) return undefined;
  const end = colon < 0 ? undefined : host.lastIndexOf(":");
  return { host, hostname: host.slice(0, end), port: end === undefined ? "" : host.slice(end + 1) };
}

/** The scheme and the text after its colon; undefined when the text starts with a colon. */
function splitScheme(text: string): [string, string] | undefined {
  if (text.startsWith(":")) return undefined;
  const [whole, scheme] = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(text) ?? [];
  return whole === undefined ? ["", text] : [scheme!.toLowerCase(), text.slice(whole.length)];
}

/** Text before and after the first separator. */
function cut(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + separator.length)];
}

/** Parses a URL or a relative reference; undefined where Go's `url.Parse` fails. */
export function parseGoUrl(text: string): GoUrl | undefined {
  const [reference, fragment] = cut(text, "#");
  if (CONTROL.test(reference) || BAD_ESCAPE.test(fragment)) return undefined;
  const result: GoUrl = {
    scheme: "",
    opaque: "",
    hasUser: false,
    host: "",
    hostname: "",
    port: "",
    path: "",
    query: "",
    fragment,
  };
  if (reference === "*") return { ...result, path: "*" };
  const [scheme, behind] = splitScheme(reference) ?? [];
  if (scheme === undefined) return undefined;
  result.scheme = scheme;
  let [rest, query] = cut(behind!, "?");
  result.query = query;
  if (!rest.startsWith("/")) {
    if (scheme !== "") return { ...result, opaque: rest };
    if (rest.split("/", 1)[0]!.includes(":")) return undefined;
  }
  if (rest.startsWith("//") && (scheme !== "" || !rest.startsWith("///"))) {
    const [, authority, path] = /^\/\/([^/]*)(.*)$/s.exec(rest)!;
    rest = path!;
    const at = authority!.lastIndexOf("@");
    const user = at < 0 ? undefined : authority!.slice(0, at);
    if (user !== undefined && (!USER.test(user) || BAD_ESCAPE.test(user))) return undefined;
    const host = readHost(scheme, authority!.slice(at + 1));
    if (host === undefined) return undefined;
    Object.assign(result, host, { hasUser: user !== undefined });
  }
  return BAD_ESCAPE.test(rest) ? undefined : { ...result, path: unescaped(rest) };
}

/**
 * Whether the last part of the host is a number. JavaScript's URL class reads such a host as an IPv4 address, Go as a name:
 * `0x7f.1` is 127.0.0.1 to the former. @see https://url.spec.whatwg.org/#ends-in-a-number-checker
 */
export function endsInNumber(host: string): boolean {
  return /(^|\.)(\d+|0[Xx][0-9A-Fa-f]*)\.?$/.test(host);
}

/** Whether the text is an https URL; the scheme is case-insensitive. */
export function isHttps(text: string): boolean {
  return parseGoUrl(text)?.scheme === "https";
}
