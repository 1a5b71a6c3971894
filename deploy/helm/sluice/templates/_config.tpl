{{/* The KubeProxyConfiguration: the values, and what only the chart knows. */}}
{{- define "sluice.config" -}}
{{- $config := deepCopy .Values.config }}
{{- $_ := set $config "apiVersion" "kubeproxy.config.k8s.io/v1alpha1" }}
{{- $_ := set $config "kind" "KubeProxyConfiguration" }}
{{- $client := default dict $config.clientConnection }}
{{- $_ := set $client "kubeconfig" "/var/lib/kube-proxy/kubeconfig.conf" }}
{{- $_ := set $config "clientConnection" $client }}
{{- if not .Values.initContainer.enabled }}
{{- $off := dict "maxPerCore" 0 "min" 0 "tcpEstablishedTimeout" "0s" "tcpCloseWaitTimeout" "0s" }}
{{- $_ := set $config "conntrack" $off }}
{{- end }}
{{- toYaml $config }}
{{- end }}

{{- define "sluice.kubeconfig" -}}
{{- $secrets := "/var/run/secrets/kubernetes.io/serviceaccount" -}}
apiVersion: v1
kind: Config
clusters:
  - name: default
    cluster:
      certificate-authority: {{ $secrets }}/ca.crt
      server: {{ .Values.apiServer.url }}
contexts:
  - name: default
    context:
      cluster: default
      namespace: default
      user: default
current-context: default
users:
  - name: default
    user:
      tokenFile: {{ $secrets }}/token
{{- end }}

{{/* The port of an address as 0.0.0.0:10256 or [::]:10256; empty where nothing listens. */}}
{{- define "sluice.port" -}}
{{- regexFind "[0-9]+$" (default "" .) }}
{{- end }}

{{- define "sluice.isLoopback" -}}
{{- if regexMatch "^(127\\.|\\[::1\\]|localhost:)" (default "" .) }}true{{ end }}
{{- end }}
