{{/* What both containers have in common. Takes root, the chart's scope, and arguments of the one container. */}}
{{- define "sluice.container" -}}
{{- with .root -}}
image: {{ include "sluice.image" . }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
command:
  - /usr/local/bin/kube-proxy
  - --config=/var/lib/kube-proxy/config.conf
  - --hostname-override=$(NODE_NAME)
  {{- range concat $.arguments .Values.extraArgs }}
  - {{ . | quote }}
  {{- end }}
env:
  - name: NODE_NAME
    valueFrom:
      fieldRef:
        fieldPath: spec.nodeName
  {{- with .Values.extraEnv }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
volumeMounts:
  - name: kube-proxy
    mountPath: /var/lib/kube-proxy
    readOnly: true
  - name: run
    mountPath: {{ dig "sluice" "runtimeDirectory" "/run/sluice" .Values.config }}
{{- end }}
{{- end }}
