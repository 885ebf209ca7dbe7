import { clusterAdmins } from "../cluster/objects/rbac.ts";
import { inShort, UserError } from "../errors.ts";
import type { Host, KubeClient } from "../system.ts";
import type { Phase } from "./phase.ts";
import { httpStatusOf } from "../system/kube_error.ts";

/** What giving administrators their rights needs. */
export interface AdminAccessContext {
  host: Host;
  admin(): Promise<KubeClient>;
  /** A client with super-admin.conf; undefined when that file is not on this host. */
  superAdmin(): Promise<KubeClient | undefined>;
}

/** Namespaces that the API server makes by itself, soon after it is healthy. */
const NAMESPACES = ["kube-system", "kube-public"];
/** How long (ms) that may take. */
const NAMESPACES_MS = 60_000;
const FORBIDDEN = 403;

/** Whether admin.conf already is an administrator's. */
async function mayAdminister(admin: KubeClient): Promise<boolean> {
  const { apiVersion, kind, metadata: { name } } = clusterAdmins();
  try {
    return await admin.get({ apiVersion, kind, name }) !== undefined;
  } catch (error) {
    if (httpStatusOf(error) === FORBIDDEN) return false;
    throw error;
  }
}

/**
 * Lets the holders of admin.conf administer the cluster. Only super-admin.conf, whose group the API server trusts
 * without a rule, can give that right the first time.
 */
export const adminAccess: Phase<AdminAccessContext> = {
  name: "admin-access",
  summary: "give the holders of admin.conf the rights of administrators",
  async run(context) {
    const admin = await context.admin();
    if (!await mayAdminister(admin)) {
      const superAdmin = await context.superAdmin();
      if (!superAdmin) {
        throw new UserError(
          'Cannot use "/etc/kubernetes/admin.conf": it may not administer the cluster, and there is no super-admin.conf to change that',
          {
            hint:
              "With an identity that may: kubectl create clusterrolebinding kubeadm:cluster-admins --clusterrole=cluster-admin --group=kubeadm:cluster-admins",
          },
        );
      }
      await superAdmin.apply(clusterAdmins());
    }
    await context.host.wait<void>({
      what: `namespaces ${NAMESPACES.join(" and ")}`,
      timeoutMs: NAMESPACES_MS,
      intervalMs: 50,
      assume: undefined,
      async probe() {
        let refused: string | undefined;
        const found = await Promise.all(NAMESPACES.map(async (name) => {
          try {
            return await admin.get({ apiVersion: "v1", kind: "Namespace", name });
          } catch (error) {
            // The right given above takes a moment to reach the authorizer.
            if (httpStatusOf(error) !== FORBIDDEN) throw error;
            refused = inShort(error as Error);
            return undefined;
          }
        }));
        const missing = NAMESPACES.filter((_, i) => !found[i]);
        return missing.length === 0
          ? { done: true, value: undefined }
          : { done: false, state: refused ?? `${missing.join(", ")} not there yet` };
      },
    });
  },
};
