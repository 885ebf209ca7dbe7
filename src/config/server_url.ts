/**
 * The `server` of a kubeconfig, as client-go reads it: https, by Go's net/url, whose path is a prefix of all paths (a
 * gateway, Rancher), whose query and fragment do not count.
 * @see https://github.com/kubernetes/client-go/blob/v0.37.2/rest/url_utils.go (DefaultServerURL)
 * @module
 */
import { parseAddress } from "./addresses.ts";
import { cleanPath } from "./paths.ts";
import { parseGoUrl } from "./url.ts";

/** What a server has to look like, for messages. */
const WANTED = "wanted https://HOST[:PORT][/PATH]";

/**
 * Reads the URL of an API server.
 * @returns the URL that paths are put behind, without a slash at its end; or what is wrong, as the end of a sentence, which
 * shows the text unless it may hold a password.
 */
export function readServerUrl(text: string): { url: string } | { problem: string } {
  const refuse = (why: string) => ({ problem: `its server is ${JSON.stringify(text)}, ${why}` });
  const parsed = parseGoUrl(text);
  const shows = parsed !== undefined && parsed.host !== "" && !parsed.hasUser;
  if (text.includes("@") && !shows) {
    return { problem: "its server holds a user name or password" };
  }
  if (parsed?.scheme !== "https" || parsed.hostname === "") return refuse(WANTED);
  const { host, hostname, path } = parsed;
  const prefix = cleanPath(path);
  const url = `https://${host}${encodeURI(prefix === "/" ? "" : prefix).replace(/[?#]/g, encodeURIComponent)}`;
  const read = URL.parse(url)?.hostname;
  if (read === undefined) return refuse(WANTED);
  if (/^[\d.]+$/.test(read) && parseAddress(hostname) === undefined) {
    return refuse(`whose host is neither a name nor a whole IPv4 address: some programs would read it as ${read}`);
  }
  return { url };
}
