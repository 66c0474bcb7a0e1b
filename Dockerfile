# The program with its pages and its manual in one small image. Build: docker build -t yizhan .
FROM node:24-bookworm-slim AS pages
WORKDIR /src/web
COPY web/package.json web/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY web ./
RUN npm run build

FROM rust:1.95-bookworm AS program
WORKDIR /src
COPY . .
COPY --from=pages /src/web/dist web/dist
RUN cargo build --release --locked --bin yizhan

FROM debian:bookworm-slim
# pg_dump and pg_restore, for `yizhan backup` on PostgreSQL.
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates postgresql-client \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --create-home --home-dir /var/lib/yizhan yizhan \
    && install -d -o yizhan -g yizhan /var/lib/yizhan/files
COPY --from=program /src/target/release/yizhan /usr/local/bin/yizhan
USER yizhan
WORKDIR /var/lib/yizhan
VOLUME /var/lib/yizhan
ENV YIZHAN_LISTEN=0.0.0.0:8080
EXPOSE 8080
ENTRYPOINT ["yizhan"]
CMD ["serve"]
