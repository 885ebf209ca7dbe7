/**
 * The `server` of a kubeconfig, as client-go reads it: an https URL, parsed as by Go's net/url. Its path is a prefix of all
 * paths (a gateway, Rancher); its query and fragment are ignored.
 * @see https://github.com/kubernetes/client-go/blob/v0.37.2/rest/url_utils.go (DefaultServerURL)
 * @module
 */
import { parseAddress } from "./addresses.ts";
import { cleanPath } from "./paths.ts";
import { parseGoUrl } from "./url.ts";
import { mustBe, mustNot, quoted } from "./wording.ts";

/** What a server must be. */
const EXPECTED = "https://HOST[:PORT][/PATH]";

/**
 * Reads the URL of an API server.
 * @returns the URL that paths are appended to, without a trailing slash; or the problem, which shows the text unless it may
 * hold a password.
 */
export function readServerUrl(text: string): { url: string } | { problem: string } {
  const refuse = (expected: string) => ({ problem: `server ${mustBe(expected, quoted(text))}` });
  const parsed = parseGoUrl(text);
  const shows = parsed !== undefined && parsed.host !== "" && !parsed.hasUser;
  if (text.includes("@") && !shows) {
    return { problem: `server ${mustNot("contain a user name or password")}` };
  }
  if (parsed?.scheme !== "https" || parsed.hostname === "") return refuse(EXPECTED);
  const { host, hostname, path } = parsed;
  const prefix = cleanPath(path);
  const url = `https://${host}${encodeURI(prefix === "/" ? "" : prefix).replace(/[?#]/g, encodeURIComponent)}`;
  const read = URL.parse(url)?.hostname;
  if (read === undefined) return refuse(EXPECTED);
  if (/^[\d.]+$/.test(read) && parseAddress(hostname) === undefined) {
    const { problem } = refuse(`${EXPECTED} with a DNS name or a complete IP address as HOST`);
    return { problem: `${problem}, which some programs read as ${read}` };
  }
  return { url };
}
