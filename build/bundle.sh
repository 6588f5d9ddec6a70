#!/bin/sh
# bundle.sh OUTPUT PLATFORM...: packs the manifest, the executables of the
# platforms, the web part and the assets as Mattermost wants them.
set -eu
output=$1
shift
id=whatsapp-ativo
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
mkdir -p "$stage/$id/server/dist" "$stage/$id/webapp/dist"
cp plugin.json LICENSE "$stage/$id/"
"${GO:-go}" run ./build/notices -o "$stage/$id/NOTICE.txt"
cp -R assets "$stage/$id/assets"
cp webapp/dist/main.js "$stage/$id/webapp/dist/"
for platform; do
	cp server/dist/plugin-"$platform"* "$stage/$id/server/dist/"
done
chmod 755 "$stage/$id/server/dist/"*
tar -C "$stage" -czf "$output.new" "$id"
mv "$output.new" "$output"
