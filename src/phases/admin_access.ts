import { clusterAdmins } from "../cluster/objects/rbac.ts";
import { inShort, UserError } from "../errors.ts";
import type { Host, KubeClient } from "../system.ts";
import type { Phase } from "./phase.ts";
import { httpStatusOf } from "../system/kube_error.ts";

/** What granting the rights of administrators needs. */
export interface AdminAccessContext {
  host: Host;
  admin(): Promise<KubeClient>;
  /** A client with super-admin.conf; undefined when that file does not exist on this host. */
  superAdmin(): Promise<KubeClient | undefined>;
}

/** Namespaces that the API server creates soon after it is healthy. */
const NAMESPACES = ["kube-system", "kube-public"];
/** Time limit for that, in ms. */
const NAMESPACES_MS = 60_000;
const FORBIDDEN = 403;

/** Whether admin.conf already has the rights of an administrator. */
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
 * Grants the group of admin.conf the rights of administrators. Only super-admin.conf, whose group the API server authorizes
 * without RBAC, can grant them the first time.
 */
export const adminAccess: Phase<AdminAccessContext> = {
  name: "admin-access",
  summary: "grant admin.conf the rights of an administrator",
  async run(context) {
    const admin = await context.admin();
    if (!await mayAdminister(admin)) {
      const superAdmin = await context.superAdmin();
      if (!superAdmin) {
        throw new UserError(
          'Cannot use "/etc/kubernetes/admin.conf": it has no administrator rights, and "/etc/kubernetes/super-admin.conf", ' +
            "which could grant them, does not exist",
          {
            hint:
              "Grant the rights with another administrator's kubeconfig: kubectl create clusterrolebinding kubeadm:cluster-admins --clusterrole=cluster-admin --group=kubeadm:cluster-admins",
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
            // The authorizer learns of the new rights with a delay.
            if (httpStatusOf(error) !== FORBIDDEN) throw error;
            refused = inShort(error as Error);
            return undefined;
          }
        }));
        const missing = NAMESPACES.filter((_, i) => !found[i]);
        return missing.length === 0
          ? { done: true, value: undefined }
          : { done: false, state: refused ?? `${missing.join(", ")} not created yet` };
      },
    });
  },
};
