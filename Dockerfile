# The image is the program and four things it reads: nothing to log in to, nothing to update but itself.
#
#   docker build -t tranche .
#   docker run -p 8080:8080 -v tranche:/data tranche
#   docker run -p 8080:8080 -e TRANCHE_DATABASE=postgres://... tranche

FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY app app
COPY models models
COPY templates templates
COPY workflow workflow
# SQLite is C, so the C library is linked in. The tags keep out what a static C library cannot do: look up names of hosts
# and users by plug-ins, and load SQLite extensions, which nobody uses here. Without the tags it builds and runs as well.
RUN CGO_ENABLED=1 go build -trimpath -tags osusergo,netgo,sqlite_omit_load_extension \
	-ldflags '-s -w -linkmode external -extldflags -static' -o /image/tranche ./app
RUN mkdir -p /image/data /image/tmp /image/etc/ssl/certs \
	&& cp /etc/ssl/certs/ca-certificates.crt /image/etc/ssl/certs/ \
	&& cp "$(go env GOROOT)/lib/time/zoneinfo.zip" /image/etc/ \
	&& chown 65532:65532 /image/data /image/tmp && chmod 0700 /image/data /image/tmp

FROM scratch
COPY --from=build /image /
ENV USER=tranche HOME=/data ZONEINFO=/etc/zoneinfo.zip TRANCHE_ADDR=:8080 TRANCHE_DATABASE=/data/tranche.db
# 65532 is nobody in particular: the number that images without root use by convention.
USER 65532:65532
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s CMD ["/tranche", "health"]
ENTRYPOINT ["/tranche"]
CMD ["serve"]
