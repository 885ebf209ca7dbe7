/**
 * The environment variables that Deno, Node, OpenSSL, Go and their libraries read, with values that would change whom the
 * program trusts, where its secrets go, or what it runs. What Deno reads is in its source: `ext/`, `runtime/`, `cli/`.
 *
 * @module
 */

import type { Environment } from "./world.ts";

/** Variables of one purpose; each is tried alone, too, when they fail together. */
export interface VariableGroup {
  readonly purpose: string;
  variables(environment: Environment): Readonly<Record<string, string>>;
}

export const GROUPS: readonly VariableGroup[] = [
  {
    purpose: "further CAs, from a file",
    variables: ({ relayCa: { file, folder } }) => ({
      DENO_CERT: file,
      NODE_EXTRA_CA_CERTS: file,
      SSL_CERT_FILE: file,
      SSL_CERT_DIR: folder,
      NIX_SSL_CERT_FILE: file,
      CURL_CA_BUNDLE: file,
      REQUESTS_CA_BUNDLE: file,
      GIT_SSL_CAINFO: file,
      OPENSSL_CONF: "/nonexistent/openssl.cnf",
      OPENSSL_MODULES: folder,
    }),
  },
  {
    purpose: "a further CA, from the variable itself",
    variables: ({ relayCa }) => ({ DENO_CERT: `base64:${btoa(Deno.readTextFileSync(relayCa.file))}` }),
  },
  {
    purpose: "a further CA, by the system's store",
    variables: ({ relayCa: { file, folder } }) => ({
      DENO_TLS_CA_STORE: "system",
      NODE_USE_SYSTEM_CA: "1",
      DENO_NODE_USE_OPENSSL_CA: "1",
      SSL_CERT_FILE: file,
      SSL_CERT_DIR: folder,
      NODE_OPTIONS: "--use-system-ca",
    }),
  },
  {
    purpose: "a store that there is not",
    variables: () => ({ DENO_TLS_CA_STORE: "nowhere", DENO_CERT: "/nonexistent", NODE_EXTRA_CA_CERTS: "/nonexistent" }),
  },
  {
    purpose: "no verification",
    variables: () => ({
      NODE_TLS_REJECT_UNAUTHORIZED: "0",
      GODEBUG: "x509ignoreCN=0",
      PYTHONHTTPSVERIFY: "0",
      GIT_SSL_NO_VERIFY: "1",
      NODE_OPTIONS: "--use-openssl-ca --tls-min-v1.0",
    }),
  },
  {
    purpose: "proxies",
    variables: ({ proxy: { address } }) => {
      const proxy = `http://${address}`;
      const upper = { HTTP_PROXY: proxy, HTTPS_PROXY: proxy, ALL_PROXY: proxy, NO_PROXY: "" };
      const lower = Object.fromEntries(Object.entries(upper).map(([name, value]) => [name.toLowerCase(), value]));
      return {
        ...upper,
        ...lower,
        NODE_USE_ENV_PROXY: "1",
        NODE_OPTIONS: "--use-env-proxy",
        DENO_TRUST_PROXY_HEADERS: "1",
      };
    },
  },
  { purpose: "a log of session keys", variables: ({ folder }) => ({ SSLKEYLOGFILE: `${folder}/keys` }) },
  {
    purpose: "telemetry",
    variables: ({ collector: { address }, relayCa }) => ({
      OTEL_DENO: "true",
      OTEL_DENO_CONSOLE: "capture",
      OTEL_DENO_TRACING: "true",
      OTEL_DENO_METRICS: "true",
      OTEL_TRACES_SAMPLER: "always_on",
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://${address}`,
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `http://${address}/v1/traces`,
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_EXPORTER_OTLP_CERTIFICATE: relayCa.file,
      OTEL_BSP_SCHEDULE_DELAY: "1",
      DENO_UNSTABLE_OTEL_DETERMINISTIC: "1",
    }),
  },
  {
    purpose: "a debugger's door",
    variables: ({ collector: { address } }) => ({
      NODE_OPTIONS: `--inspect=${address}`,
      DENO_INSPECT: address,
      NODE_INSPECT: address,
      NODE_INSPECT_RESUME_ON_START: "1",
      DENO_SERVE_ADDRESS: `tcp:${address}`,
      DENO_AUTO_SERVE: "1",
      DENO_CACHE_LSC_ENDPOINT: `${address},token`,
      DENO_PERMISSION_BROKER_PATH: "/nonexistent/broker.sock",
      DENO_DEPLOY_TUNNEL_ENDPOINT: address,
      DENO_DEPLOY_TOKEN: "x",
      DENO_CONNECTED: "1",
    }),
  },
  {
    purpose: "a control socket",
    variables: ({ collector }) => ({ DENO_UNSTABLE_CONTROL_SOCK: `tcp:${collector.address}` }),
  },
  {
    purpose: "a scheduler's socket",
    variables: ({ collector }) => ({ DENO_UNSTABLE_CRON_SOCK: `tcp:${collector.address}` }),
  },
  {
    purpose: "other code, or code elsewhere",
    variables: ({ relayCa: { file, folder } }) => ({
      NODE_OPTIONS: `--require ${file}`,
      NODE_PATH: folder,
      DENO_V8_FLAGS: "--no-such-flag,--prof",
      DENO_COMPAT: "1",
      DENO_CONDITIONS: "development",
      DENO_AUTH_TOKENS: "x@127.0.0.1",
      DENO_UNSTABLE_SLOPPY_IMPORTS: "1",
      DENO_UNSTABLE_BARE_NODE_BUILTINS: "1",
      DENO_INTERNAL_RT_USE_FILE_FALLBACK: "1",
      DENO_USE_CGROUPS: "1",
      NPM_CONFIG_REGISTRY: "http://127.0.0.1:1",
      JSR_URL: "http://127.0.0.1:1",
      COMPLETE: "bash",
    }),
  },
  {
    purpose: "files of what it does",
    variables: ({ folder }) => ({
      NODE_V8_COVERAGE: folder,
      DENO_COVERAGE_DIR: folder,
      DENO_AUDIT_PERMISSIONS: `${folder}/audit`,
      DENO_NODE_TRACE_EVENT_CATEGORIES: "v8",
      DENO_KV_DEFAULT_PATH: `${folder}/kv`,
      DENO_REPL_HISTORY: `${folder}/history`,
    }),
  },
  {
    purpose: "talk of what it does",
    variables: () => ({
      DENO_LOG: "trace",
      RUST_LOG: "trace",
      RUST_BACKTRACE: "full",
      NODE_DEBUG: "tls,net,http,http2,https",
      NODE_DEBUG_NATIVE: "tls,http2",
      NODE_PENDING_DEPRECATION: "1",
      DENO_TRACE_PERMISSIONS: "1",
      DENO_TOKIO_METRICS: "1",
    }),
  },
];
