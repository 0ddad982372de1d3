// Reads manifests and prints the configuration that the Operator makes of them; its verdict on rules goes to stderr.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql/parser"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	v1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	"github.com/prometheus-operator/prometheus-operator/pkg/assets"
	"github.com/prometheus-operator/prometheus-operator/pkg/operator"
	"github.com/prometheus-operator/prometheus-operator/pkg/prometheus"
)

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func main() {
	version := os.Args[1]
	p := &monitoringv1.Prometheus{
		ObjectMeta: metav1.ObjectMeta{Name: "p", Namespace: "monitoring"},
		Spec: monitoringv1.PrometheusSpec{
			CommonPrometheusFields: monitoringv1.CommonPrometheusFields{Version: version, ScrapeInterval: "30s"},
			EvaluationInterval:     "30s",
		},
	}
	cg, err := prometheus.NewConfigGenerator(nil, p, prometheus.WithEndpointSliceSupport())
	must(err)
	sm, pm, sc := map[string]*monitoringv1.ServiceMonitor{}, map[string]*monitoringv1.PodMonitor{}, map[string]*v1alpha1.ScrapeConfig{}
	secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "s", Namespace: "monitoring"}, Data: map[string][]byte{"username": []byte("u"), "password": []byte("p"), "token": []byte("t"), "crt": []byte("c"), "key": []byte("k")}}
	store := assets.NewTestStoreBuilder(secret)
	for _, root := range os.Args[2:] {
		must(filepath.Walk(root, func(path string, info os.FileInfo, err error) error {
			if err != nil || info.IsDir() || !strings.HasSuffix(path, ".yaml") {
				return err
			}
			data, err := os.ReadFile(path)
			must(err)
			var kind metav1.TypeMeta
			must(yaml.Unmarshal(data, &kind))
			switch kind.Kind {
			case "ServiceMonitor":
				o := &monitoringv1.ServiceMonitor{}
				must(yaml.UnmarshalStrict(data, o))
				sm[o.Name] = o
			case "PodMonitor":
				o := &monitoringv1.PodMonitor{}
				must(yaml.UnmarshalStrict(data, o))
				pm[o.Name] = o
			case "ScrapeConfig":
				o := &v1alpha1.ScrapeConfig{}
				must(yaml.UnmarshalStrict(data, o))
				sc[o.Name] = o
			case "PrometheusRule":
				o := &monitoringv1.PrometheusRule{}
				must(yaml.UnmarshalStrict(data, o))
				errs := operator.ValidateRule(o.Spec, model.UTF8Validation, parser.Options{})
				content, _ := yaml.Marshal(o.Spec)
				fmt.Fprintln(os.Stderr, "rule", o.Name, len(content), len(data), errs)
			}
			return nil
		}))
	}
	out, err := cg.GenerateServerConfiguration(p, sm, pm, nil, sc, store, nil, nil, nil, nil)
	must(err)
	os.Stdout.Write(out)
}
