"""Cabildo's analysis: values in, values out; no Streamlit outside ``loaders``."""
