# docker build -t foreigngrpc --build-arg VERSION=1.2.3 .
# docker run -p 5080:5080 -p 5081:5081 -v foreigngrpc:/data foreigngrpc

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
COPY global.json Directory.Build.props Directory.Packages.props .editorconfig ./
# What decides on the packages comes first, so that a change of a source file does not restore them again.
COPY src/Directory.Build.props src/
COPY src/ForeignGrpc.Protos/*.csproj src/ForeignGrpc.Protos/packages.lock.json src/ForeignGrpc.Protos/
COPY src/ForeignGrpc.Store/*.csproj src/ForeignGrpc.Store/packages.lock.json src/ForeignGrpc.Store/
COPY src/ForeignGrpc.Server/*.csproj src/ForeignGrpc.Server/packages.lock.json src/ForeignGrpc.Server/
RUN dotnet restore src/ForeignGrpc.Server -p:RestoreLockedMode=true
COPY protos protos
COPY src src
# The git tags, from which a build takes its version elsewhere, are not here.
ARG VERSION=0.1.0-local
RUN dotnet publish src/ForeignGrpc.Server -c Release --no-restore -o /app -p:MinVerVersionOverride=$VERSION

FROM mcr.microsoft.com/dotnet/aspnet:10.0
COPY --from=build /app /app
# The database's folder belongs to the image's own user, who is not root.
RUN mkdir /data && chown "$APP_UID:$APP_UID" /data
USER $APP_UID
WORKDIR /data
VOLUME /data
# The base image's port would only be overridden, with a warning.
ENV ASPNETCORE_HTTP_PORTS= \
    Kestrel__Endpoints__Rest__Url=http://0.0.0.0:5080 \
    Kestrel__Endpoints__Grpc__Url=http://0.0.0.0:5081
EXPOSE 5080 5081
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s CMD ["dotnet", "/app/ForeignGrpc.Server.dll", "health"]
ENTRYPOINT ["dotnet", "/app/ForeignGrpc.Server.dll"]
