/**
 * Downloads over HTTP: documents (a discovery file, the version of an external etcd), and files of any size.
 * @module
 */
import { Untrusted, UserError } from "../errors.ts";
import type { Download, HttpAnswer } from "../system.ts";
import type { Timer } from "../timer.ts";
import { BeginAgain, downloadStream } from "./download_stream.ts";
import { failed, parseUrl, shown } from "./download_trouble.ts";
import { openHttpClient, readText } from "./http_client.ts";

/**
 * Downloads with `fetch`, through the proxies of the environment as other programs do.
 * @param ending aborts downloads in progress, with its reason.
 */
export function httpDownload(ending?: AbortSignal, timer?: Timer): Download {
  return {
    async get(url, options) {
      const parsed = parseUrl(url);
      const wanted = options.caPem === undefined ? "http:" : "https:";
      if (parsed.protocol !== wanted) {
        throw new UserError(`Cannot get "${shown(url)}": the URL must begin with ${wanted}//`);
      }
      const client = openHttpClient(parsed.origin, options, { direct: false });
      const late = AbortSignal.timeout(options.timeoutMs);
      try {
        const response = await fetch(url, {
          headers: { accept: "*/*", "user-agent": "kubewright" },
          redirect: "manual",
          client,
          signal: ending === undefined ? late : AbortSignal.any([late, ending]),
        });
        if (response.status >= 300 && response.status < 400) {
          await response.body?.cancel();
          throw new Untrusted(`Cannot get "${shown(url)}": redirects are not allowed (HTTP status ${response.status})`);
        }
        return await readAnswer(response, url, options.limit);
      } catch (error) {
        if (error instanceof UserError) throw error;
        ending?.throwIfAborted();
        throw failed(url, error, late.aborted ? options.timeoutMs : undefined);
      } finally {
        client.close();
      }
    },
    async toFile(url, files, file, options) {
      const { size, sha256 } = options;
      const attempts = { retries: 0, signal: ending, timer };
      const content = {
        from: shown(url),
        ...(size === undefined ? {} : { size }),
        ...(sha256 === undefined ? {} : { sha256 }),
        open: () => downloadStream(url, options, attempts),
      };
      while (true) {
        try {
          return await files.put({ ...file, content });
        } catch (error) {
          if (!(error instanceof BeginAgain)) throw error;
        }
      }
    },
  };
}

/** Reads the body up to the limit. */
async function readAnswer(response: Response, url: string, limit: number): Promise<HttpAnswer> {
  const body = await readText(response, limit);
  if (body !== undefined) return { status: response.status, body };
  throw new Untrusted(`Cannot get "${shown(url)}": the answer is longer than ${limit} bytes`);
}
