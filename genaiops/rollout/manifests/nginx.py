"""nginx: a file for conf.d that splits by the hash of a user: nobody goes back and forth."""

from genaiops.rollout.manifests.place import Place, share_in


def nginx(place: Place, percent: float) -> str:
    """The file of one step; whoever has no `X-Genaiops-User` is told by the address."""
    return "\n".join(
        (
            f"upstream {place.stable} {{ server {place.stable}:{place.port}; }}",
            f"upstream {place.candidate} {{ server {place.candidate}:{place.port}; }}",
            "map $http_x_genaiops_user $genaiops_user {",
            '    ""       $remote_addr;',
            "    default  $http_x_genaiops_user;",
            "}",
            f'split_clients "{place.salt}:$genaiops_user" $genaiops_arm {{',
            *_shares(place, percent),
            "}",
            "server {",
            "    listen 80;",
            f"    server_name {place.host};",
            "    location / {",
            "        proxy_pass http://$genaiops_arm;",
            "    }",
            "}",
            "",
        )
    )


def _shares(place: Place, percent: float) -> tuple[str, ...]:
    if percent in (0, 100):
        return (f"    *  {place.candidate if percent else place.stable};",)
    share = share_in("nginx", percent, 10_000) / 100
    return (f"    {share:g}%  {place.candidate};", f"    *  {place.stable};")
