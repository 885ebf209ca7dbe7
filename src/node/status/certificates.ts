import { CERTIFICATES } from "../../cluster/pki/certificates.ts";
import { parseKubeconfig } from "../../cluster/pki/kubeconfigs.ts";
import { KUBECONFIG_FILES, KUBELET_FILES } from "../../cluster/paths.ts";
import type { Host } from "../../system.ts";
import type { CertificateState } from "./document.ts";
import { look, type Seen } from "./look.ts";

/** A place where a certificate may be. */
interface Place {
  name: string;
  path: string;
  authority: boolean;
  /** The PEM text; undefined when there is none. */
  read(host: Host): Promise<string | undefined>;
}

function inFile(name: string, path: string, authority: boolean): Place {
  return { name, path, authority, read: (host) => host.readText(path) };
}

/** A client certificate embedded in a kubeconfig; a file that it names has its own place. */
function inKubeconfig(path: string): Place {
  return {
    name: path.slice(path.lastIndexOf("/") + 1),
    path,
    authority: false,
    async read(host) {
      const text = await host.readText(path);
      return text === undefined ? undefined : parseKubeconfig(text, path).clientCertPem;
    },
  };
}

/** Where the certificates of a node are. Those of the control plane exist only on control plane nodes. */
function placesIn(directory: string): Place[] {
  return [
    ...CERTIFICATES.map(({ name, baseName, issuer }) =>
      inFile(name, `${directory}/${baseName}.crt`, issuer === undefined)
    ),
    ...Object.values(KUBECONFIG_FILES).map(inKubeconfig),
    inFile("kubelet-client", KUBELET_FILES.clientCertificate, false),
  ];
}

/** The certificates found, and those that could not be read. */
export interface CertificatesView {
  certificates: CertificateState[];
  unseen: { what: string; why: string }[];
}

/** Every certificate of this node, sorted by expiration. */
export async function observeCertificates(host: Host, directory: string): Promise<CertificatesView> {
  const { daysLeft, parseCertificates } = await import("../../pki/certificate.ts");
  const view = async (place: Place): Promise<Seen<CertificateState | undefined>> =>
    await look(async () => {
      const pem = await place.read(host);
      if (pem === undefined) return undefined;
      const certificate = parseCertificates(pem)[0]!;
      return {
        name: place.name,
        path: place.path,
        authority: place.authority,
        expires: certificate.notAfter.toISOString(),
        daysLeft: daysLeft(certificate, host.now()),
      };
    });
  const places = placesIn(directory);
  const seen = await Promise.all(places.map(view));
  return {
    certificates: seen.flatMap((one) => "value" in one && one.value ? [one.value] : [])
      .sort((a, b) => a.expires.localeCompare(b.expires)),
    unseen: seen.flatMap((one, i) => "why" in one ? [{ what: `certificate ${places[i]!.name}`, why: one.why }] : []),
  };
}
