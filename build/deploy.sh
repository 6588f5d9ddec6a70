#!/bin/sh
# deploy.sh BUNDLE: uploads the bundle to a server and enables it.
set -eu
: "${MM_SERVICESETTINGS_SITEURL:?set it to the address of your server}"
: "${MM_ADMIN_TOKEN:?set it to a personal access token of a system admin}"
api="${MM_SERVICESETTINGS_SITEURL%/}/api/v4/plugins"
curl --fail --silent --show-error -H "Authorization: Bearer $MM_ADMIN_TOKEN" -F "plugin=@$1" -F force=true "$api" >/dev/null
curl --fail --silent --show-error -X POST -H "Authorization: Bearer $MM_ADMIN_TOKEN" "$api/whatsapp-ativo/enable" >/dev/null
echo "installed and enabled"
