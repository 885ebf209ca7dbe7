// What the Go types of Kubernetes say, as JSON: `deno task tables` runs it in a module of the release that it is asked for.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"strings"

	apps "k8s.io/api/apps/v1"
	core "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	logs "k8s.io/component-base/logs/api/v1"
	kubeproxy "k8s.io/kube-proxy/config/v1alpha1"
	kubelet "k8s.io/kubelet/config/v1beta1"
	bootstraptoken "k8s.io/kubernetes/cmd/kubeadm/app/apis/bootstraptoken/v1"
	kubeadm "k8s.io/kubernetes/cmd/kubeadm/app/apis/kubeadm/v1beta4"
)

// Types whose JSON is not that of their Go fields.
var written = map[reflect.Type]string{
	reflect.TypeFor[resource.Quantity]():                   "quantity",
	reflect.TypeFor[resource.QuantityValue]():              "quantity",
	reflect.TypeFor[intstr.IntOrString]():                  "port",
	reflect.TypeFor[meta.Time]():                           "text",
	reflect.TypeFor[meta.Duration]():                       "duration",
	reflect.TypeFor[meta.FieldsV1]():                       "any",
	reflect.TypeFor[logs.TimeOrMetaDuration]():             "any",
	reflect.TypeFor[bootstraptoken.BootstrapTokenString](): "text",
	reflect.TypeFor[logs.VerbosityLevel]():                 "verbosity",
}

var marshaler = reflect.TypeFor[json.Marshaler]()

type field struct {
	Name string `json:"name"`
	Type string `json:"type"`
	// What patchStrategy and patchMergeKey say: "+key", "+", "~", both or nothing.
	Patch string `json:"patch"`
}

// Structs by name; one comes behind those that its fields have.
type structs struct {
	Names  []string           `json:"names"`
	Fields map[string][]field `json:"fields"`
	types  map[string]reflect.Type
}

func (s *structs) name(t reflect.Type) string {
	if name, ok := written[t]; ok {
		return name
	}
	if t.Kind() == reflect.Pointer {
		return s.name(t.Elem())
	}
	if t.Implements(marshaler) || reflect.PointerTo(t).Implements(marshaler) {
		panic(fmt.Sprintf("%v writes its own JSON: say what it is in `written`", t))
	}
	switch t.Kind() {
	case reflect.String:
		return "text"
	case reflect.Bool:
		return "bool"
	case reflect.Int32, reflect.Uint8, reflect.Uint16:
		return "int"
	case reflect.Int, reflect.Int64:
		return "long"
	case reflect.Float32, reflect.Float64:
		return "number"
	case reflect.Slice:
		return "[" + s.name(t.Elem()) + "]"
	case reflect.Map:
		return "{" + s.name(t.Elem()) + "}"
	case reflect.Struct:
		if known, ok := s.types[t.Name()]; ok && known != t {
			panic(fmt.Sprintf("%v and %v have one name", known, t))
		} else if !ok {
			s.types[t.Name()] = t
			s.Fields[t.Name()] = s.fields(t)
			s.Names = append(s.Names, t.Name())
		}
		return t.Name()
	}
	panic(fmt.Sprintf("no name for %v", t))
}

func (s *structs) fields(t reflect.Type) (all []field) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "-" {
			continue
		}
		if f.Anonymous && (name == "" || strings.Contains(options, "inline")) {
			all = append(all, s.fields(f.Type)...)
			continue
		}
		if f.Type == reflect.TypeFor[core.PodStatus]() || f.Type == reflect.TypeFor[apps.DeploymentStatus]() ||
			f.Type == reflect.TypeFor[apps.DaemonSetStatus]() {
			continue
		}
		patch := ""
		for strategy := range strings.SplitSeq(f.Tag.Get("patchStrategy"), ",") {
			switch strategy {
			case "":
			case "merge":
				patch = "+" + f.Tag.Get("patchMergeKey") + patch
			case "retainKeys":
				patch += "~"
			default:
				panic(fmt.Sprintf("%v.%s has patchStrategy %q", t, f.Name, strategy))
			}
		}
		all = append(all, field{name, s.name(f.Type), patch})
	}
	return all
}

// All structs that the fields of these have.
func reachedFrom(roots ...any) *structs {
	s := &structs{Fields: map[string][]field{}, types: map[string]reflect.Type{}}
	for _, root := range roots {
		s.name(reflect.TypeOf(root))
	}
	return s
}

func main() {
	out := map[string]any{
		"patched":    reachedFrom(core.Pod{}, apps.Deployment{}, apps.DaemonSet{}),
		"components": reachedFrom(kubelet.KubeletConfiguration{}, kubeproxy.KubeProxyConfiguration{}),
		"kubeadm": reachedFrom(kubeadm.ClusterConfiguration{}, kubeadm.InitConfiguration{}, kubeadm.JoinConfiguration{},
			kubeadm.ResetConfiguration{}, kubeadm.UpgradeConfiguration{}),
		// As Go's encoder writes what holds nothing.
		"zeros": map[string]any{
			"KubeletConfiguration":   kubelet.KubeletConfiguration{},
			"KubeProxyConfiguration": kubeproxy.KubeProxyConfiguration{},
		},
	}
	if err := json.NewEncoder(os.Stdout).Encode(out); err != nil {
		panic(err)
	}
}
